package plugin

import (
	"os"
	"path/filepath"
	"strings"
	"sync"

	"easyrest"
)

// roles are what the program serves.
type roles struct {
	db    DBPlugin
	query DBQueryPlugin
	cache CachePlugin
}

func (r roles) options() easyrest.Options {
	name := programName()
	options := easyrest.Options{Name: name, Version: Version, Schemes: schemes(name)}
	switch {
	case r.query != nil:
		options.DB = &queryAdapter{dbAdapter{r.db}, r.query}
	case r.db != nil:
		options.DB = &dbAdapter{r.db}
	}
	if r.cache != nil {
		options.Cache = &cacheAdapter{r.cache}
	}
	return options
}

func programName() string { return strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") }

// The name of the program tells the scheme, as far as anybody knows: easyrest-plugin-<scheme>[-<os>-<arch>]. It may accept
// more: a program for postgres serves postgresql:// too, and a connection may name any program.
func schemes(program string) []string {
	scheme := strings.TrimPrefix(program, "easyrest-plugin-")
	if scheme == program || scheme == "" {
		return nil
	}
	return []string{strings.SplitN(scheme, "-", 2)[0]}
}

// served is filled by the Server methods of the plugins when they are asked for.
var served collection

type collection struct {
	mutex sync.Mutex
	found roles
}

func (c *collection) add(fill func(*roles)) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	fill(&c.found)
}
