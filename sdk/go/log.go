package easyrest

import (
	"os"

	"github.com/hashicorp/go-hclog"
)

// Log writes to the log of the server: a line of JSON on standard error. Lines below the level of
// EASYREST_PLUGIN_LOG_LEVEL (trace, debug, info, warn, error, off; info unless set) are left out. Never put a connection
// URI or a row into it.
var Log hclog.Logger = hclog.New(&hclog.LoggerOptions{
	Level:      logLevel(os.Getenv("EASYREST_PLUGIN_LOG_LEVEL")),
	Output:     os.Stderr,
	JSONFormat: true,
})

func logLevel(name string) hclog.Level {
	if level := hclog.LevelFromString(name); level != hclog.NoLevel {
		return level
	}
	return hclog.Info
}
