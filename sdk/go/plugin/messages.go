package plugin

import (
	"encoding/gob"
	"time"
)

// What goes over net/rpc; the names of the fields are the protocol.

// InitConnectionRequest is that of all three interfaces.
type InitConnectionRequest struct{ URI string }

// InitConnectionResponse has an empty Error on success, as every response.
type InitConnectionResponse struct{ Error string }

// TableGetRequest carries the arguments of DBPlugin.TableGet.
type TableGetRequest struct {
	UserID        string
	Table         string
	SelectFields  []string
	Where         map[string]any
	Ordering      []string
	GroupBy       []string
	Limit, Offset int
	Ctx           map[string]any
}

// TableGetResponse answers TableGetRequest.
type TableGetResponse struct {
	Rows  []map[string]any
	Error string
}

// TableCreateRequest carries the arguments of DBPlugin.TableCreate.
type TableCreateRequest struct {
	UserID string
	Table  string
	Data   []map[string]any
	Ctx    map[string]any
}

// TableCreateResponse answers TableCreateRequest.
type TableCreateResponse struct {
	Rows  []map[string]any
	Error string
}

// TableUpdateRequest carries the arguments of DBPlugin.TableUpdate.
type TableUpdateRequest struct {
	UserID string
	Table  string
	Data   map[string]any
	Where  map[string]any
	Ctx    map[string]any
}

// TableUpdateResponse answers TableUpdateRequest.
type TableUpdateResponse struct {
	Updated int
	Error   string
}

// TableDeleteRequest carries the arguments of DBPlugin.TableDelete.
type TableDeleteRequest struct {
	UserID string
	Table  string
	Where  map[string]any
	Ctx    map[string]any
}

// TableDeleteResponse answers TableDeleteRequest.
type TableDeleteResponse struct {
	Deleted int
	Error   string
}

// CallFunctionRequest carries the arguments of DBPlugin.CallFunction.
type CallFunctionRequest struct {
	UserID   string
	FuncName string
	Data     map[string]any
	Ctx      map[string]any
}

// CallFunctionResponse answers CallFunctionRequest.
type CallFunctionResponse struct {
	Result any
	Error  string
}

// GetSchemaRequest carries the arguments of DBPlugin.GetSchema.
type GetSchemaRequest struct{ Ctx map[string]any }

// GetSchemaResponse answers GetSchemaRequest.
type GetSchemaResponse struct {
	Schema any
	Error  string
}

// QueryRequest carries the arguments of DBQueryPlugin.QueryCall.
type QueryRequest struct {
	Query string
	Ctx   map[string]any
}

// QueryResponse answers QueryRequest.
type QueryResponse struct {
	Rows  []map[string]any
	Error string
}

// CacheInitConnectionRequest carries the argument of CachePlugin.InitConnection.
type CacheInitConnectionRequest struct{ URI string }

// CacheInitConnectionResponse answers CacheInitConnectionRequest.
type CacheInitConnectionResponse struct{ Error string }

// CacheSetRequest carries the arguments of CachePlugin.Set.
type CacheSetRequest struct {
	Key   string
	Value string
	TTL   time.Duration
}

// CacheSetResponse answers CacheSetRequest.
type CacheSetResponse struct{ Error string }

// CacheGetRequest carries the argument of CachePlugin.Get.
type CacheGetRequest struct{ Key string }

// CacheGetResponse answers CacheGetRequest.
type CacheGetResponse struct {
	Value string
	Error string
}

// What an `any` may hold on its way, beside the basic types.
func init() {
	gob.Register(map[string]any{})
	gob.Register(map[string]string{})
	gob.Register([]map[string]any{})
	gob.Register([]any{})
	gob.Register(time.Time{})
	gob.Register(time.Duration(0))
}
