package plugin

import (
	"errors"
	"net/rpc"
	"time"
)

// The sides of a host: what Dispense answers, over net/rpc. A host of version 2 does not need them.

// DBPluginRPC is a DBPlugin in another process.
type DBPluginRPC struct{ client *rpc.Client }

// InitConnection is that of DBPlugin.
func (c *DBPluginRPC) InitConnection(uri string) error {
	var response InitConnectionResponse
	err := c.client.Call("Plugin.InitConnection", InitConnectionRequest{uri}, &response)
	return failureOf(err, response.Error)
}

// TableGet is that of DBPlugin.
func (c *DBPluginRPC) TableGet(userID, table string, selectFields []string, where map[string]any,
	ordering []string, groupBy []string, limit, offset int, ctx map[string]any) ([]map[string]any, error) {
	request := TableGetRequest{userID, table, selectFields, where, ordering, groupBy, limit, offset, ctx}
	var response TableGetResponse
	err := c.client.Call("Plugin.TableGet", request, &response)
	return response.Rows, failureOf(err, response.Error)
}

// TableCreate is that of DBPlugin.
func (c *DBPluginRPC) TableCreate(
	userID, table string, data []map[string]any, ctx map[string]any,
) ([]map[string]any, error) {
	var response TableCreateResponse
	err := c.client.Call("Plugin.TableCreate", TableCreateRequest{userID, table, data, ctx}, &response)
	return response.Rows, failureOf(err, response.Error)
}

// TableUpdate is that of DBPlugin.
func (c *DBPluginRPC) TableUpdate(userID, table string, data, where, ctx map[string]any) (int, error) {
	var response TableUpdateResponse
	err := c.client.Call("Plugin.TableUpdate", TableUpdateRequest{userID, table, data, where, ctx}, &response)
	return response.Updated, failureOf(err, response.Error)
}

// TableDelete is that of DBPlugin.
func (c *DBPluginRPC) TableDelete(userID, table string, where, ctx map[string]any) (int, error) {
	var response TableDeleteResponse
	err := c.client.Call("Plugin.TableDelete", TableDeleteRequest{userID, table, where, ctx}, &response)
	return response.Deleted, failureOf(err, response.Error)
}

// CallFunction is that of DBPlugin.
func (c *DBPluginRPC) CallFunction(userID, funcName string, data, ctx map[string]any) (any, error) {
	var response CallFunctionResponse
	err := c.client.Call("Plugin.CallFunction", CallFunctionRequest{userID, funcName, data, ctx}, &response)
	return response.Result, failureOf(err, response.Error)
}

// GetSchema is that of DBPlugin.
func (c *DBPluginRPC) GetSchema(ctx map[string]any) (any, error) {
	var response GetSchemaResponse
	err := c.client.Call("Plugin.GetSchema", GetSchemaRequest{ctx}, &response)
	return response.Schema, failureOf(err, response.Error)
}

// DBQueryPluginRPC is a DBQueryPlugin in another process.
type DBQueryPluginRPC struct{ client *rpc.Client }

// InitConnection is that of DBQueryPlugin.
func (c *DBQueryPluginRPC) InitConnection(uri string) error {
	var response InitConnectionResponse
	err := c.client.Call("Plugin.InitConnection", InitConnectionRequest{uri}, &response)
	return failureOf(err, response.Error)
}

// QueryCall is that of DBQueryPlugin.
func (c *DBQueryPluginRPC) QueryCall(query string, ctx map[string]any) ([]map[string]any, error) {
	var response QueryResponse
	err := c.client.Call("Plugin.QueryCall", QueryRequest{query, ctx}, &response)
	return response.Rows, failureOf(err, response.Error)
}

// CachePluginRPC is a CachePlugin in another process.
type CachePluginRPC struct{ client *rpc.Client }

// InitConnection is that of CachePlugin.
func (c *CachePluginRPC) InitConnection(uri string) error {
	var response CacheInitConnectionResponse
	err := c.client.Call("Plugin.InitConnection", CacheInitConnectionRequest{uri}, &response)
	return failureOf(err, response.Error)
}

// Set is that of CachePlugin.
func (c *CachePluginRPC) Set(key string, value string, ttl time.Duration) error {
	var response CacheSetResponse
	err := c.client.Call("Plugin.Set", CacheSetRequest{key, value, ttl}, &response)
	return failureOf(err, response.Error)
}

// Get is that of CachePlugin.
func (c *CachePluginRPC) Get(key string) (string, error) {
	var response CacheGetResponse
	err := c.client.Call("Plugin.Get", CacheGetRequest{key}, &response)
	return response.Value, failureOf(err, response.Error)
}

func failureOf(err error, text string) error {
	if err == nil && text != "" {
		return errors.New(text)
	}
	return err
}
