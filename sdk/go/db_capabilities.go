package easyrest

import (
	"context"

	"easyrest/contract"
)

// The methods of DBPlugin that are capabilities: refused where the plugin does not have them.

func (s *dbService) callFunction(
	ctx context.Context, request *contract.CallFunctionRequest,
) (*contract.CallFunctionResponse, error) {
	caller, ok := s.db.(FunctionCaller)
	if !ok {
		return nil, unsupported(capabilityFunctions)
	}
	if err := first(s.connection.require(), s.wishes.checkFunction(request)); err != nil {
		return nil, err
	}
	answer, err := caller.CallFunction(ctx, request)
	if err != nil || answer == nil {
		return answer, err
	}
	wellFormed := checkSomeJSON("result", answer.Result)
	if answer.IsSet {
		wellFormed = checkJSON("result", answer.Result, '[', ']')
	}
	return answer, first(wellFormed, checkSize(answer.Result, request.MaxReplyBytes))
}

func (s *dbService) query(ctx context.Context, request *contract.QueryRequest) (*contract.QueryResponse, error) {
	querier, ok := s.db.(Querier)
	if !ok {
		return nil, unsupported(capabilityQuery)
	}
	if err := s.connection.require(); err != nil {
		return nil, err
	}
	answer, err := querier.Query(ctx, request)
	if err != nil || answer == nil {
		return answer, err
	}
	return answer, first(checkJSON("rows", answer.Rows, '[', ']'), checkSize(answer.Rows, request.MaxReplyBytes))
}

func (s *dbService) ensureTable(
	ctx context.Context, request *contract.EnsureTableRequest,
) (*contract.EnsureTableResponse, error) {
	ensurer, ok := s.db.(TableEnsurer)
	if !ok {
		return nil, unsupported(capabilityEnsureTable)
	}
	if err := s.connection.require(); err != nil {
		return nil, err
	}
	return ensurer.EnsureTable(ctx, request)
}

func (s *dbService) tableBatch(
	ctx context.Context, request *contract.TableBatchRequest,
) (*contract.TableBatchResponse, error) {
	batcher, ok := s.db.(Batcher)
	if !ok {
		return nil, unsupported(capabilityBatch)
	}
	if err := s.connection.require(); err != nil {
		return nil, err
	}
	return batcher.TableBatch(ctx, request)
}

// Those that it names, and those that follow from its methods.
func dbCapabilities(db DBPlugin) []Capability {
	var all []Capability
	if capable, ok := db.(Capable); ok {
		all = append(all, capable.Capabilities()...)
	}
	if _, ok := db.(FunctionCaller); ok {
		all = append(all, capabilityFunctions)
	}
	if _, ok := db.(RowStreamer); ok {
		all = append(all, capabilityStream)
	}
	if _, ok := db.(Querier); ok {
		all = append(all, capabilityQuery)
	}
	if _, ok := db.(TableEnsurer); ok {
		all = append(all, capabilityEnsureTable)
	}
	if _, ok := db.(Batcher); ok {
		all = append(all, capabilityBatch)
	}
	return all
}
