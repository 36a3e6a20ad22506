package easyrest

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"easyrest/contract"
	hplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// program is a plugin process between its start and its end.
type program struct {
	hplugin.NetRPCUnsupportedPlugin
	options  Options
	dispatch *dispatch
	server   atomic.Pointer[grpc.Server]
	stopOnce sync.Once
	stopped  chan struct{}
	ballast  []byte
}

// Nobody touches these bytes, so that they take no memory. But the collector counts them, and a plugin that keeps next to
// nothing is not collected every 4 MiB of requests: that was a quarter of what a call cost.
const ballastBytes = 16 << 20

func newProgram(options Options) *program {
	return &program{
		options: options, dispatch: &dispatch{}, stopped: make(chan struct{}), ballast: make([]byte, ballastBytes),
	}
}

// newServer is what go-plugin asks for a server, with TLS in its options where the host offered it.
func (p *program) newServer(options []grpc.ServerOption) *grpc.Server {
	maxReceived := maxMessageBytes
	if limits := p.options.Limits; limits != nil && limits.MaxMessageBytes > 0 {
		maxReceived = int(limits.MaxMessageBytes)
	}
	server := grpc.NewServer(append(options,
		// Bursts of thousands of streams wedge an HTTP/2 connection over a unix socket; waiting calls do not.
		grpc.MaxConcurrentStreams(200),
		grpc.MaxRecvMsgSize(maxReceived),
		grpc.MaxSendMsgSize(maxMessageBytes),
		grpc.InitialWindowSize(1<<20),
		grpc.InitialConnWindowSize(4<<20),
		grpc.UnaryInterceptor(p.interceptShutdown),
		grpc.ForceServerCodec(wireCodec{}),
	)...)
	p.server.Store(server)
	return server
}

// go-plugin's own Shutdown cuts off the calls in flight.
func (p *program) interceptShutdown(
	ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler,
) (any, error) {
	if info.FullMethod == "/plugin.GRPCController/Shutdown" {
		go p.stop("the host said so")
		return request, nil // its answer is the same empty message
	}
	return handle(ctx, request)
}

// GRPCServer adds the services of the contract to those of go-plugin.
func (p *program) GRPCServer(_ *hplugin.GRPCBroker, server *grpc.Server) error {
	session := map[contract.Method]*operation{}
	if p.options.DB != nil {
		service := newDBService(p.options.DB, p.options.Schemes)
		methods := service.operations()
		description := unaryService(p.dispatch, "DBPlugin", methods)
		if stream := service.stream(); stream != nil {
			description.Streams = append(description.Streams, streamDescription(p.dispatch, stream))
		}
		server.RegisterService(description, nil)
		addSessionMethods(session, methods, dbMethods)
	}
	if p.options.Cache != nil {
		methods := newCacheService(p.options.Cache, p.options.Schemes).operations()
		server.RegisterService(unaryService(p.dispatch, "CachePlugin", methods), nil)
		addSessionMethods(session, methods, cacheMethods)
	}
	server.RegisterService(p.pluginService(session), nil)
	return nil
}

// GRPCClient is not for plugins.
func (p *program) GRPCClient(context.Context, *hplugin.GRPCBroker, *grpc.ClientConn) (interface{}, error) {
	return nil, fmt.Errorf("this side serves")
}

func (p *program) pluginService(session map[contract.Method]*operation) *grpc.ServiceDesc {
	info := describe(p.options)
	description := unaryService(p.dispatch, "Plugin", operations{
		"GetInfo": newOperation("GetInfo", func(context.Context, *contract.GetInfoRequest) (*contract.GetInfoResponse, error) {
			return info, nil
		}),
	})
	description.Streams = append(description.Streams, grpc.StreamDesc{
		StreamName: "Session", ServerStreams: true, ClientStreams: true,
		Handler: func(_ any, stream grpc.ServerStream) error { return serveSession(stream, p.dispatch, session) },
	})
	return description
}

// stop ends the process gently, once. A host waits two seconds for that, and then kills.
func (p *program) stop(reason string) {
	p.stopOnce.Do(func() {
		Log.Debug("stopping: " + reason)
		p.dispatch.stop(1500 * time.Millisecond)
		time.Sleep(20 * time.Millisecond) // the last replies are on their way
		closePlugin("DB", p.options.DB)
		closePlugin("Cache", p.options.Cache)
		server := p.server.Load()
		if server == nil {
			os.Exit(0) // before it listened
		}
		server.Stop()
		close(p.stopped)
	})
}

func closePlugin(role string, plugin any) {
	closer, ok := plugin.(io.Closer)
	if !ok {
		return
	}
	if err := withoutPanic("Close", closer.Close); err != nil {
		Log.Error(fmt.Sprintf("closing %s failed: %s", role, err))
	}
}
