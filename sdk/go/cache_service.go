package easyrest

import (
	"context"
	"time"

	"easyrest/contract"
)

// cacheService serves a CachePlugin, with the rules that hold for all of them.
type cacheService struct {
	cache      CachePlugin
	connection *initialConnection
}

func newCacheService(cache CachePlugin, schemes []string) *cacheService {
	return &cacheService{cache, newInitialConnection(cache, schemes, cache.InitConnection)}
}

func (s *cacheService) operations() operations {
	return operations{
		"InitConnection": newOperation("InitConnection", s.initConnection),
		"Get":            newOperation("Get", s.get),
		"Set":            newOperation("Set", s.set),
		"Delete":         newOperation("Delete", s.delete),
	}
}

func (s *cacheService) initConnection(
	ctx context.Context, request *contract.CacheInitConnectionRequest,
) (*contract.CacheInitConnectionResponse, error) {
	server, err := s.connection.open(ctx, Connection{URI: request.Uri, Name: request.ConnectionName})
	return &contract.CacheInitConnectionResponse{Server: server}, err
}

func (s *cacheService) get(ctx context.Context, request *contract.CacheGetRequest) (*contract.CacheGetResponse, error) {
	if err := s.connection.require(); err != nil {
		return nil, err
	}
	value, found, err := s.cache.Get(ctx, request.Key)
	if err != nil || !found {
		return &contract.CacheGetResponse{}, err
	}
	return &contract.CacheGetResponse{Value: &value}, nil
}

func (s *cacheService) set(ctx context.Context, request *contract.CacheSetRequest) (*contract.CacheSetResponse, error) {
	if err := s.connection.require(); err != nil {
		return nil, err
	}
	if request.TtlMs == 0 {
		return nil, Errorf(ReasonBadValue, "expected a ttl of at least one millisecond, got 0")
	}
	ttl := time.Duration(request.TtlMs) * time.Millisecond
	if uint64(ttl.Milliseconds()) != request.TtlMs {
		ttl = 1<<63 - 1 // 292 years
	}
	return &contract.CacheSetResponse{}, s.cache.Set(ctx, request.Key, request.Value, ttl)
}

func (s *cacheService) delete(
	ctx context.Context, request *contract.CacheDeleteRequest,
) (*contract.CacheDeleteResponse, error) {
	deleter, ok := s.cache.(CacheDeleter)
	if !ok {
		return nil, unsupported(capabilityCacheDelete)
	}
	if err := s.connection.require(); err != nil {
		return nil, err
	}
	return &contract.CacheDeleteResponse{}, deleter.Delete(ctx, request.Key)
}
