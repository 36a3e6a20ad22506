package plugin

import (
	"context"
	"time"

	"easyrest"
)

// cacheAdapter is a cache of the original as the SDK serves it.
type cacheAdapter struct{ cache CachePlugin }

func (a *cacheAdapter) InitConnection(_ context.Context, connection easyrest.Connection) (string, error) {
	return "", connectionFailure(a.cache.InitConnection(connection.URI), connection.URI)
}

// ChecksScheme: the plugin does.
func (*cacheAdapter) ChecksScheme() bool { return true }

// The original tells a miss by an error, and so any failure is one.
func (a *cacheAdapter) Get(_ context.Context, key string) (string, bool, error) {
	value, err := a.cache.Get(key)
	return value, err == nil, nil
}

func (a *cacheAdapter) Set(_ context.Context, key, value string, ttl time.Duration) error {
	return failure(a.cache.Set(key, value, ttl))
}
