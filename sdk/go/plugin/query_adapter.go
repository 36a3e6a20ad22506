package plugin

import (
	"context"
	"reflect"

	"easyrest"
	"easyrest/contract"
)

// queryAdapter is a dbAdapter that takes statements too.
type queryAdapter struct {
	dbAdapter
	query DBQueryPlugin
}

func (a *queryAdapter) InitConnection(ctx context.Context, connection easyrest.Connection) (string, error) {
	if server, err := a.dbAdapter.InitConnection(ctx, connection); err != nil {
		return server, err
	}
	// Who serves both with one object is connected.
	if db, ok := a.query.(DBPlugin); ok && isSame(db, a.db) {
		return "", nil
	}
	return "", connectionFailure(a.query.InitConnection(connection.URI), connection.URI)
}

// isSame tells pointers only: other values may not be comparable.
func isSame(one, other DBPlugin) bool {
	return reflect.TypeOf(one).Kind() == reflect.Pointer && one == other
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
