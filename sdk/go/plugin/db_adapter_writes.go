package plugin

import (
	"context"

	"easyrest"
	"easyrest/contract"
)

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
