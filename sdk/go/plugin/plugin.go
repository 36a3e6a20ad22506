// Package plugin is the interface of the original EasyREST's plugin guide, name for name. The source of a plugin that was
// written for it compiles with this package after its import path was changed, and the program then serves both: the original
// server over net/rpc, as application protocol version 1, and this one over gRPC, as version 2.
//
// Nothing else has to change, main included: it may go on calling go-plugin's Serve with DBPluginPlugin and its like.
// When a server of version 2 started the program, this package serves it in their stead.
//
// What this interface cannot express is refused with `unsupported`: conditions with `or`, two conditions of one operator on
// one column, `having`, limits of what a write may affect. New plugins use the package easyrest.
package plugin

import (
	"time"

	"easyrest"
	hplugin "github.com/hashicorp/go-plugin"
)

// Version is what the plugins of the original print for -version.
var Version = "v" + easyrest.Version

// Handshake goes into the ServeConfig of a plugin.
var Handshake = hplugin.HandshakeConfig{
	ProtocolVersion:  1,
	MagicCookieKey:   easyrest.Handshake.MagicCookieKey,
	MagicCookieValue: easyrest.Handshake.MagicCookieValue,
}

// DBPlugin is a database.
//
//   - selectFields are SQL expressions: "id", "name AS n", "COUNT(*) AS count", "'text' AS x".
//   - where is {"column": {"=": "42"}}, and {"NOT column": {...}} for a negation; values are texts, those of IN joined by
//     commas. BuildWhereClause makes SQL of it.
//   - ordering and groupBy are names of columns; "name DESC" for a descending order.
//   - limit 0 is no limit.
//   - ctx holds timezone, headers, claims, jwt.claims, method, path, query, prefer and role; GetTxPreference reads from
//     it whether a write is to be rolled back.
//   - Numbers of data are float64 where that is exact, else int64, else json.Number.
//
// Of rows and results, nil is NULL and []byte is base64; easyrest.ValueOf says the rest. An error is logged and
// answered as a failure of the plugin, unless it is an *easyrest.Error, or http.ErrNotSupported.
type DBPlugin interface {
	InitConnection(uri string) error
	TableGet(userID string, table string, selectFields []string, where map[string]any,
		ordering []string, groupBy []string, limit, offset int, ctx map[string]any) ([]map[string]any, error)
	TableCreate(userID string, table string, data []map[string]any, ctx map[string]any) ([]map[string]any, error)
	TableUpdate(userID string, table string, data map[string]any, where map[string]any, ctx map[string]any) (int, error)
	TableDelete(userID string, table string, where map[string]any, ctx map[string]any) (int, error)
	CallFunction(userID string, funcName string, data map[string]any, ctx map[string]any) (any, error)
	// GetSchema answers {"tables": {name: schema}, "views": ..., "rpc": {name: [in, out]}}.
	GetSchema(ctx map[string]any) (any, error)
}

// DBQueryPlugin is a database that takes whole statements, which must not write.
type DBQueryPlugin interface {
	InitConnection(uri string) error
	QueryCall(query string, ctx map[string]any) ([]map[string]any, error)
}

// CachePlugin is a cache. Every error of Get is a miss.
type CachePlugin interface {
	InitConnection(uri string) error
	Set(key string, value string, ttl time.Duration) error
	Get(key string) (string, error)
}
