package easyrest

import (
	"context"

	"easyrest/contract"
)

// dbService serves a DBPlugin, with the rules that hold for all of them.
type dbService struct {
	db         DBPlugin
	connection *initialConnection
	wishes     wishes
}

func newDBService(db DBPlugin, schemes []string) *dbService {
	return &dbService{db, newInitialConnection(db, schemes, db.InitConnection), newWishes(db)}
}

func (s *dbService) operations() operations {
	return operations{
		"InitConnection": newOperation("InitConnection", s.initConnection),
		"TableGet":       newOperation("TableGet", s.tableGet),
		"TableCreate":    newOperation("TableCreate", s.tableCreate),
		"TableUpdate":    newOperation("TableUpdate", s.tableUpdate),
		"TableDelete":    newOperation("TableDelete", s.tableDelete),
		"GetSchema":      newOperation("GetSchema", s.getSchema),
		"CallFunction":   newOperation("CallFunction", s.callFunction),
		"Query":          newOperation("Query", s.query),
		"EnsureTable":    newOperation("EnsureTable", s.ensureTable),
		"TableBatch":     newOperation("TableBatch", s.tableBatch),
	}
}

// stream is nil where the plugin is no RowStreamer.
func (s *dbService) stream() streamOperation {
	streamer, ok := s.db.(RowStreamer)
	if !ok {
		return nil
	}
	return func(ctx context.Context, request *contract.TableGetRequest, send func(*contract.TableGetChunk) error) error {
		if err := first(s.connection.require(), s.wishes.checkGet(request)); err != nil {
			return err
		}
		return streamer.TableGetStream(ctx, request, send)
	}
}

func (s *dbService) initConnection(
	ctx context.Context, request *contract.InitConnectionRequest,
) (*contract.InitConnectionResponse, error) {
	server, err := s.connection.open(ctx, Connection{URI: request.Uri, Name: request.ConnectionName})
	return &contract.InitConnectionResponse{Server: server}, err
}

func (s *dbService) tableGet(
	ctx context.Context, request *contract.TableGetRequest,
) (*contract.TableGetResponse, error) {
	if err := first(s.connection.require(), s.wishes.checkGet(request)); err != nil {
		return nil, err
	}
	answer, err := s.db.TableGet(ctx, request)
	if err != nil || answer == nil {
		return answer, err
	}
	// Nothing is lost by refusing late: the call only read.
	return answer, first(
		checkJSON("rows", answer.Rows, '[', ']'),
		checkSize(answer.Rows, request.MaxReplyBytes),
		checkSingle(request.ExpectSingle, answer.RowCount),
	)
}

func (s *dbService) tableCreate(
	ctx context.Context, request *contract.TableCreateRequest,
) (*contract.TableCreateResponse, error) {
	if err := first(s.connection.require(), s.wishes.checkCreate(request)); err != nil {
		return nil, err
	}
	answer, err := s.db.TableCreate(ctx, request)
	if err != nil || answer == nil {
		return answer, err
	}
	return answer, checkWritten(answer.Rows)
}

func (s *dbService) tableUpdate(
	ctx context.Context, request *contract.TableUpdateRequest,
) (*contract.TableUpdateResponse, error) {
	if err := first(s.connection.require(), s.wishes.checkUpdate(request)); err != nil {
		return nil, err
	}
	answer, err := s.db.TableUpdate(ctx, request)
	if err != nil || answer == nil {
		return answer, err
	}
	return answer, checkWritten(answer.Rows)
}

func (s *dbService) tableDelete(
	ctx context.Context, request *contract.TableDeleteRequest,
) (*contract.TableDeleteResponse, error) {
	if err := first(s.connection.require(), s.wishes.checkDelete(request)); err != nil {
		return nil, err
	}
	answer, err := s.db.TableDelete(ctx, request)
	if err != nil || answer == nil {
		return answer, err
	}
	return answer, checkWritten(answer.Rows)
}

func (s *dbService) getSchema(
	ctx context.Context, request *contract.GetSchemaRequest,
) (*contract.GetSchemaResponse, error) {
	if err := s.connection.require(); err != nil {
		return nil, err
	}
	answer, err := s.db.GetSchema(ctx, request)
	if err != nil || answer == nil || answer.Unchanged {
		return answer, err
	}
	return answer, checkJSON("schema", answer.Schema, '{', '}')
}
