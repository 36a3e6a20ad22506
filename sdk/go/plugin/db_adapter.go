package plugin

import (
	"context"
	"math"

	"easyrest"
	"easyrest/contract"
)

// dbAdapter is a plugin of the original as the SDK serves it.
type dbAdapter struct{ db DBPlugin }

// Capabilities: what SQL expressions can say.
func (*dbAdapter) Capabilities() []easyrest.Capability {
	return []easyrest.Capability{easyrest.CapabilityAggregates}
}

// ChecksScheme: the plugin does.
func (*dbAdapter) ChecksScheme() bool { return true }

// CheckWhere says which conditions can be said.
func (*dbAdapter) CheckWhere(where *contract.Predicate) error {
	_, err := whereMap(where)
	return err
}

func (a *dbAdapter) InitConnection(_ context.Context, connection easyrest.Connection) (string, error) {
	if a.db == nil {
		return "", nil
	}
	return "", connectionFailure(a.db.InitConnection(connection.URI), connection.URI)
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

// A program that serves "query" alone has no tables.
func (a *dbAdapter) required() error {
	if a.db == nil {
		return easyrest.Errorf(easyrest.ReasonUnsupported, "this plugin takes statements only")
	}
	return nil
}
