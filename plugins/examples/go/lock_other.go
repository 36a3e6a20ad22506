//go:build !unix

package main

import (
	"context"

	"easyrest"
)

// Without flock two processes could write over each other's changes: here tables are for reading.
func lock(context.Context, string) (unlock func(), err error) {
	return nil, easyrest.Errorf(easyrest.ReasonUnsupported, "on this system files can be read, not written")
}

func syncDirectory(string) error { return nil }
