package easyrest

import (
	"context"

	"easyrest/contract"
)

// DBPlugin puts a database behind EasyREST. Calls come many at once. A context ends when its deadline has passed or nobody
// waits for the answer any more; the SDK answers then at once, and the handler should give up what it does in the database.
// Failures that the client may know of are an *Error; a panic is a failure of that call alone.
//
// What it can do beyond these calls are capabilities: those of Capable, and each of the interfaces FunctionCaller,
// RowStreamer, Querier, TableEnsurer and Batcher that it has too. A DBPlugin that is an io.Closer is closed, once, when the
// program stops.
type DBPlugin interface {
	// InitConnection connects and pings, and says what answered, e.g. "PostgreSQL 15.18". It is called once, before any
	// other call; its scheme is one of those in Options. ReasonUnavailable: the database cannot be reached.
	InitConnection(ctx context.Context, connection Connection) (server string, err error)
	// TableGet answers rows as a JSON array of objects. Table does all of it for rows in memory. The SDK sees to
	// max_reply_bytes and expect_single.
	TableGet(ctx context.Context, request *contract.TableGetRequest) (*contract.TableGetResponse, error)
	// TableCreate, TableUpdate and TableDelete write all of a request or nothing, and ask CheckWrite before they commit.
	TableCreate(ctx context.Context, request *contract.TableCreateRequest) (*contract.TableCreateResponse, error)
	TableUpdate(ctx context.Context, request *contract.TableUpdateRequest) (*contract.TableUpdateResponse, error)
	TableDelete(ctx context.Context, request *contract.TableDeleteRequest) (*contract.TableDeleteResponse, error)
	// GetSchema describes tables, views and functions; Schema.Answer prints it.
	GetSchema(ctx context.Context, request *contract.GetSchemaRequest) (*contract.GetSchemaResponse, error)
}

// Connection is what InitConnection gets.
type Connection struct {
	URI  string // with its credentials; never log it
	Name string // as in the configuration of the server, for the plugin's own logs
}

// Capability names what a plugin can do beyond the minimum, in the words of plugin.proto. What it does not name the SDK
// refuses with ReasonUnsupported.
type Capability string

// The capabilities that a DBPlugin names in Capable. Those that are interfaces of their own are named for it.
const (
	CapabilityFilterTree      Capability = "filter_tree"
	CapabilityAggregates      Capability = "aggregates"
	CapabilityDistinct        Capability = "distinct"
	CapabilityCast            Capability = "cast"
	CapabilityCount           Capability = "count"
	CapabilityLastKey         Capability = "last_key"
	CapabilityReturning       Capability = "returning"
	CapabilityUpsert          Capability = "upsert"
	CapabilityMissingDefault  Capability = "missing_default"
	CapabilityPrecondition    Capability = "precondition"
	CapabilityFunctionFilters Capability = "function_filters"
	CapabilityExactNames      Capability = "exact_names"
)

const (
	capabilitySession     Capability = "session"
	capabilityStream      Capability = "stream"
	capabilityFunctions   Capability = "functions"
	capabilityQuery       Capability = "query"
	capabilityEnsureTable Capability = "ensure_table"
	capabilityBatch       Capability = "batch"
	capabilityCacheDelete Capability = "cache_delete"
)

// Capable names capabilities that are no interface of their own.
type Capable interface {
	Capabilities() []Capability
}

// FunctionCaller has the capability functions.
type FunctionCaller interface {
	CallFunction(ctx context.Context, request *contract.CallFunctionRequest) (*contract.CallFunctionResponse, error)
}

// RowStreamer has the capability stream: answers without end, in chunks of at most some 256 KiB. send waits for the
// reader; when it fails, the reader is gone, and its error is what to return. ChunkRows cuts rows in memory.
type RowStreamer interface {
	TableGetStream(ctx context.Context, request *contract.TableGetRequest, send func(*contract.TableGetChunk) error) error
}

// Querier has the capability query.
type Querier interface {
	Query(ctx context.Context, request *contract.QueryRequest) (*contract.QueryResponse, error)
}

// TableEnsurer has the capability ensure_table.
type TableEnsurer interface {
	EnsureTable(ctx context.Context, request *contract.EnsureTableRequest) (*contract.EnsureTableResponse, error)
}

// Batcher has the capability batch.
type Batcher interface {
	TableBatch(ctx context.Context, request *contract.TableBatchRequest) (*contract.TableBatchResponse, error)
}

// WhereChecker is for a plugin that understands some trees of conditions, but not all, and therefore cannot name
// CapabilityFilterTree: it is asked about each condition of a request, and refuses with an Error what it does not know.
type WhereChecker interface {
	CheckWhere(where *contract.Predicate) error
}

// SchemeChecker is for a plugin whose InitConnection itself refuses URIs that are not meant for it. The schemes in Options are
// announced, and no other is refused before it was asked.
type SchemeChecker interface {
	ChecksScheme() bool
}
