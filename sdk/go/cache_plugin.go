package easyrest

import (
	"context"
	"time"
)

// CachePlugin is a cache that servers share. It may forget anything at any time, and must never answer an expired value,
// nor one that a Set that was answered has replaced. A call has 100 ms. A CachePlugin that is an io.Closer is closed, once,
// when the program stops.
type CachePlugin interface {
	// InitConnection connects and pings, as that of DBPlugin.
	InitConnection(ctx context.Context, connection Connection) (server string, err error)
	// Get answers found = false for a miss.
	Get(ctx context.Context, key string) (value string, found bool, err error)
	// Set keeps a value for ttl, which is at least a millisecond.
	Set(ctx context.Context, key, value string, ttl time.Duration) error
}

// CacheDeleter has the capability cache_delete.
type CacheDeleter interface {
	Delete(ctx context.Context, key string) error
}
