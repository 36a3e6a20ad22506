package main

import (
	"context"
	"testing"
	"time"
)

func TestEntriesAreFoundUntilTheyEnd(t *testing.T) {
	ctx := context.Background()
	c := &cache{entries: map[string]entry{}}
	if err := c.Set(ctx, "key", "value", time.Minute); err != nil {
		t.Fatal(err)
	}
	if value, found, err := c.Get(ctx, "key"); err != nil || !found || value != "value" {
		t.Fatalf("expected the value, got %q, %t (%v)", value, found, err)
	}
	if err := c.Set(ctx, "key", "value", time.Millisecond); err != nil {
		t.Fatal(err)
	}
	time.Sleep(5 * time.Millisecond)
	if _, found, _ := c.Get(ctx, "key"); found {
		t.Fatal("expected a miss after the end")
	}
}

func TestEntriesThatWereDeletedAreGone(t *testing.T) {
	ctx := context.Background()
	c := &cache{entries: map[string]entry{}}
	_ = c.Set(ctx, "key", "value", time.Minute)
	_ = c.Delete(ctx, "key")
	if _, found, _ := c.Get(ctx, "key"); found {
		t.Fatal("expected a miss")
	}
}
