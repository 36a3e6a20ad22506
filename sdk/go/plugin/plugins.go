package plugin

import (
	"net/rpc"

	hplugin "github.com/hashicorp/go-plugin"
)

// DBPluginPlugin goes into the Plugins of a ServeConfig, as "db".
type DBPluginPlugin struct{ Impl DBPlugin }

// Server is for go-plugin.
func (p *DBPluginPlugin) Server(*hplugin.MuxBroker) (any, error) {
	served.add(func(found *roles) { found.db = p.Impl })
	return &DBPluginRPCServer{p.Impl}, nil
}

// Client is for go-plugin.
func (p *DBPluginPlugin) Client(_ *hplugin.MuxBroker, client *rpc.Client) (any, error) {
	return &DBPluginRPC{client}, nil
}

// DBQueryPluginPlugin goes into the Plugins of a ServeConfig, as "query".
type DBQueryPluginPlugin struct{ Impl DBQueryPlugin }

// Server is for go-plugin.
func (p *DBQueryPluginPlugin) Server(*hplugin.MuxBroker) (any, error) {
	served.add(func(found *roles) { found.query = p.Impl })
	return &DBQueryPluginRPCServer{p.Impl}, nil
}

// Client is for go-plugin.
func (p *DBQueryPluginPlugin) Client(_ *hplugin.MuxBroker, client *rpc.Client) (any, error) {
	return &DBQueryPluginRPC{client}, nil
}

// CachePluginPlugin goes into the Plugins of a ServeConfig, as "cache".
type CachePluginPlugin struct{ Impl CachePlugin }

// Server is for go-plugin.
func (p *CachePluginPlugin) Server(*hplugin.MuxBroker) (any, error) {
	served.add(func(found *roles) { found.cache = p.Impl })
	return &CachePluginRPCServer{p.Impl}, nil
}

// Client is for go-plugin.
func (p *CachePluginPlugin) Client(_ *hplugin.MuxBroker, client *rpc.Client) (any, error) {
	return &CachePluginRPC{client}, nil
}
