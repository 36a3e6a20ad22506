package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"

	"easyrest"
	"easyrest/contract"
)

// dbAdapter is a plugin of the original as the SDK serves it.
type dbAdapter struct{ db DBPlugin }

// Capabilities: what SQL expressions can say. CheckWhere says which conditions can be.
func (*dbAdapter) Capabilities() []easyrest.Capability {
	return []easyrest.Capability{easyrest.CapabilityAggregates}
}

func (*dbAdapter) CheckWhere(where *contract.Predicate) error {
	_, err := whereMap(where)
	return err
}

func (a *dbAdapter) InitConnection(_ context.Context, connection easyrest.Connection) (string, error) {
	if a.db == nil {
		return "", nil
	}
	return "", connectionFailure(a.db.InitConnection(connection.URI))
}

func (a *dbAdapter) TableGet(_ context.Context, request *contract.TableGetRequest) (*contract.TableGetResponse, error) {
	rows, err := a.get(request)
	if err != nil {
		return nil, err
	}
	printed, err := easyrest.PrintMaps(rows, location(request.Context), aliases(request.Select)...)
	return &contract.TableGetResponse{Rows: printed, RowCount: uint64(len(rows))}, err
}

func (a *dbAdapter) get(request *contract.TableGetRequest) ([]map[string]any, error) {
	if request.Having != nil {
		return nil, notExpressible("`having`")
	}
	where, whereErr := whereMap(request.Where)
	fields, fieldsErr := selectFields(request.Select)
	ordering, orderingErr := orderingOf(request.Ordering)
	ctx, ctxErr := contextMap(request.Context)
	if err := first(a.required(), whereErr, fieldsErr, orderingErr, ctxErr); err != nil {
		return nil, err
	}
	limit, wanted := limitOf(request.Page)
	rows, err := a.db.TableGet(userOf(request.Context), request.Table, fields, where, ordering, request.Grouping,
		limit, clamp(request.Page.GetOffset()), ctx)
	if err != nil {
		return nil, a.explain(err, ctx, request.Table, columnsOfGet(request))
	}
	if wanted >= 0 && len(rows) > wanted {
		rows = rows[:wanted]
	}
	return rows, nil
}

// A limit of 0 is none to the plugin: it is asked for one row, which is not answered.
func limitOf(page *contract.Page) (limit, wanted int) {
	if page == nil || page.Limit == nil {
		return 0, -1
	}
	wanted = clamp(*page.Limit)
	if wanted == 0 {
		return 1, 0
	}
	return wanted, wanted
}

func clamp(number uint64) int {
	if number > math.MaxInt32 {
		return math.MaxInt32
	}
	return int(number)
}

func (a *dbAdapter) TableCreate(
	_ context.Context, request *contract.TableCreateRequest,
) (*contract.TableCreateResponse, error) {
	objects, err := easyrest.ParseObjects(request.Rows)
	if err != nil {
		return nil, err
	}
	data := make([]map[string]any, len(objects))
	for index, object := range objects {
		data[index] = only(request.Columns, objectMap(object))
	}
	affected := uint64(len(data))
	ctx, err := contextMap(request.Context)
	if err := first(a.required(), err, easyrest.CheckWrite(request, affected)); err != nil {
		return nil, err
	}
	rows, err := a.db.TableCreate(userOf(request.Context), request.Table, data, ctx)
	if err != nil {
		return nil, a.explain(err, ctx, request.Table, namesOf(objects))
	}
	answer := &contract.TableCreateResponse{Affected: affected, Inserted: affected}
	if request.Returning != contract.Returning_RETURNING_NONE {
		answer.RowCount = uint64(len(rows))
		answer.Rows, err = easyrest.PrintMaps(rows, location(request.Context))
	}
	return answer, err
}

// A column that an object lacks is NULL.
func only(columns []string, values map[string]any) map[string]any {
	if len(columns) == 0 {
		return values
	}
	named := make(map[string]any, len(columns))
	for _, column := range columns {
		named[column] = values[column]
	}
	return named
}

func (a *dbAdapter) TableUpdate(
	_ context.Context, request *contract.TableUpdateRequest,
) (*contract.TableUpdateResponse, error) {
	data, err := easyrest.ParseObject(request.Data)
	if err != nil {
		return nil, err
	}
	where, ctx, err := a.change(request, request.MaxAffected, request.Where)
	if err != nil {
		return nil, err
	}
	updated, err := a.db.TableUpdate(userOf(request.Context), request.Table, objectMap(data), where, ctx)
	if err != nil {
		return nil, a.explain(err, ctx, request.Table, append(data.Names(), columnsOfWhere(request.Where)...))
	}
	return &contract.TableUpdateResponse{Affected: uint64(updated)}, nil
}

func (a *dbAdapter) TableDelete(
	_ context.Context, request *contract.TableDeleteRequest,
) (*contract.TableDeleteResponse, error) {
	where, ctx, err := a.change(request, request.MaxAffected, request.Where)
	if err != nil {
		return nil, err
	}
	deleted, err := a.db.TableDelete(userOf(request.Context), request.Table, where, ctx)
	if err != nil {
		return nil, a.explain(err, ctx, request.Table, columnsOfWhere(request.Where))
	}
	return &contract.TableDeleteResponse{Affected: uint64(deleted)}, nil
}

// How many rows a change affects is known when it is too late to refuse it.
func (a *dbAdapter) change(
	request easyrest.Write, maxAffected *uint64, where *contract.Predicate,
) (map[string]any, map[string]any, error) {
	var limited error
	if maxAffected != nil || request.GetExpectSingle() {
		limited = notExpressible("a limit of what a change may affect")
	}
	readOnly := easyrest.CheckWrite(readOnlyOf{request}, 0)
	conditions, whereErr := whereMap(where)
	ctx, ctxErr := contextMap(request.GetContext())
	return conditions, ctx, first(a.required(), readOnly, limited, whereErr, ctxErr)
}

// readOnlyOf is a write without its limits.
type readOnlyOf struct{ easyrest.Write }

func (readOnlyOf) GetExpectSingle() bool { return false }

func (a *dbAdapter) CallFunction(
	_ context.Context, request *contract.CallFunctionRequest,
) (*contract.CallFunctionResponse, error) {
	arguments, err := easyrest.ParseObject(request.Arguments)
	ctx, ctxErr := contextMap(request.Context)
	if err := first(a.required(), err, ctxErr); err != nil {
		return nil, err
	}
	result, err := a.db.CallFunction(userOf(request.Context), request.Function, objectMap(arguments), ctx)
	if err != nil {
		return nil, failure(err)
	}
	if rows, ok := result.([]map[string]any); ok {
		printed, err := easyrest.PrintMaps(rows, location(request.Context))
		return &contract.CallFunctionResponse{Result: printed, IsSet: true, RowCount: uint64(len(rows))}, err
	}
	value, err := easyrest.ValueOf(result)
	return &contract.CallFunctionResponse{Result: value.AppendJSON(nil)}, err
}

func (a *dbAdapter) GetSchema(_ context.Context, request *contract.GetSchemaRequest) (*contract.GetSchemaResponse, error) {
	ctx, err := contextMap(request.Context)
	if err := first(a.required(), err); err != nil {
		return nil, err
	}
	schema, err := a.db.GetSchema(ctx)
	if err != nil {
		return nil, failure(err)
	}
	printed, err := printSchema(schema)
	return &contract.GetSchemaResponse{Schema: printed}, err
}

// The original says nil where there are no views and no functions.
func printSchema(schema any) ([]byte, error) {
	printed, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(printed, &parts); err != nil {
		return nil, fmt.Errorf(`expected a schema with "tables", "views" and "rpc", got %T`, schema)
	}
	whole := map[string]json.RawMessage{}
	for _, name := range []string{"tables", "views", "rpc"} {
		if whole[name] = parts[name]; len(whole[name]) == 0 || string(whole[name]) == "null" {
			whole[name] = json.RawMessage("{}")
		}
	}
	return json.Marshal(whole)
}

// A program that serves "query" alone has no tables.
func (a *dbAdapter) required() error {
	if a.db == nil {
		return easyrest.Errorf(easyrest.ReasonUnsupported, "this plugin takes statements only")
	}
	return nil
}

// queryAdapter is a dbAdapter that takes statements too.
type queryAdapter struct {
	dbAdapter
	query DBQueryPlugin
}

func (a *queryAdapter) InitConnection(ctx context.Context, connection easyrest.Connection) (string, error) {
	if server, err := a.dbAdapter.InitConnection(ctx, connection); err != nil {
		return server, err
	}
	return "", connectionFailure(a.query.InitConnection(connection.URI))
}

func (a *queryAdapter) Query(_ context.Context, request *contract.QueryRequest) (*contract.QueryResponse, error) {
	ctx, err := contextMap(request.Context)
	if err != nil {
		return nil, err
	}
	rows, err := a.query.QueryCall(request.Statement, ctx)
	if err != nil {
		return nil, failure(err)
	}
	if request.MaxRows > 0 && uint64(len(rows)) > request.MaxRows {
		return nil, easyrest.Errorf(easyrest.ReasonTooLarge, "the answer has more than %d rows", request.MaxRows)
	}
	printed, err := easyrest.PrintMaps(rows, location(request.Context))
	return &contract.QueryResponse{Rows: printed, RowCount: uint64(len(rows))}, err
}

// failure: what an error may tell is known of the SDK's own alone, and of one that the original's plugins use.
func failure(err error) error {
	if errors.Is(err, http.ErrNotSupported) {
		return easyrest.Errorf(easyrest.ReasonUnsupported, "the plugin does not support this")
	}
	return err
}

func connectionFailure(err error) error {
	var known *easyrest.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	easyrest.Log.Error("InitConnection failed: " + err.Error())
	return easyrest.Errorf(easyrest.ReasonUnavailable, "the plugin could not connect; its log says why")
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
