// A cache in memory.
package main

import (
	"context"
	"sync"
	"time"

	sdk "easyrest"
)

type cache struct {
	mutex   sync.Mutex
	entries map[string]entry
}

type entry struct {
	value  string
	endsAt time.Time // on the clock that nobody sets
}

func (c *cache) InitConnection(context.Context, sdk.Connection) (string, error) {
	return "{{name}}", nil
}

func (c *cache) Get(_ context.Context, key string) (string, bool, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	found, ok := c.entries[key]
	if !ok || !time.Now().Before(found.endsAt) {
		return "", false, nil
	}
	return found.value, true, nil
}

func (c *cache) Set(_ context.Context, key, value string, ttl time.Duration) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.removeExpired()
	c.entries[key] = entry{value, time.Now().Add(ttl)}
	return nil
}

func (c *cache) Delete(_ context.Context, key string) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	delete(c.entries, key)
	return nil
}

// Nobody asks for most entries again, and they must not stay.
func (c *cache) removeExpired() {
	if len(c.entries) < 10_000 {
		return
	}
	now := time.Now()
	for key, entry := range c.entries {
		if !now.Before(entry.endsAt) {
			delete(c.entries, key)
		}
	}
}

func main() {
	sdk.Serve(sdk.Options{
		Name: "easyrest-plugin-{{name}}", Version: "0.1.0", Schemes: []string{"{{scheme}}"},
		Cache: &cache{entries: map[string]entry{}},
	})
}
