// A plugin built with hashicorp/go-plugin, for the tests of the host: the name of the table says what a read does.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"easyrest.test/goplugin/contract"
	"github.com/hashicorp/go-hclog"
	plugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

func main() {
	loaded, err := contract.Load()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  contract.Handshake,
		VersionedPlugins: map[int]plugin.PluginSet{contract.Version: {contract.Name: &served{contract: loaded}}},
		GRPCServer:       plugin.DefaultGRPCServer,
	})
}

var logger = hclog.New(&hclog.LoggerOptions{Name: "go", Level: hclog.Debug, JSONFormat: true, Output: os.Stderr})

type served struct {
	plugin.NetRPCUnsupportedPlugin
	contract contract.Contract
}

func (s *served) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (interface{}, error) {
	return nil, nil
}

func (s *served) GRPCServer(_ *plugin.GRPCBroker, server *grpc.Server) error {
	for service, calls := range services {
		desc := &grpc.ServiceDesc{ServiceName: "easyrest.plugin.v1." + service}
		for name, work := range calls {
			method, err := s.contract.Method(service, name)
			if err != nil {
				return err
			}
			desc.Methods = append(desc.Methods, grpc.MethodDesc{MethodName: name, Handler: handler(method, work)})
		}
		server.RegisterService(desc, nil)
	}
	return nil
}

// fields of a response message by name; bytes, string, uint64 or a list of either.
type fields map[string]interface{}

type work func(request *dynamicpb.Message) (fields, error)

func handler(method protoreflect.MethodDescriptor, work work) func(interface{}, context.Context, func(interface{}) error, grpc.UnaryServerInterceptor) (interface{}, error) {
	return func(_ interface{}, _ context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
		request := dynamicpb.NewMessage(method.Input())
		if err := decode(request); err != nil {
			return nil, err
		}
		answer, err := work(request)
		if err != nil {
			return nil, err
		}
		return message(method.Output(), answer), nil
	}
}

func message(kind protoreflect.MessageDescriptor, values fields) proto.Message {
	message := dynamicpb.NewMessage(kind)
	for name, value := range values {
		field := kind.Fields().ByName(protoreflect.Name(name))
		if field.IsList() {
			list := message.Mutable(field).List()
			list.Append(protoreflect.ValueOf(value))
		} else {
			message.Set(field, protoreflect.ValueOf(value))
		}
	}
	return message
}

var services = map[string]map[string]work{
	"Plugin": {"GetInfo": func(*dynamicpb.Message) (fields, error) {
		return fields{"name": "go-plugin", "version": "1.0.0", "roles": protoreflect.EnumNumber(1), "schemes": "go"}, nil
	}},
	"DBPlugin": {
		"InitConnection": func(*dynamicpb.Message) (fields, error) { return fields{"server": runtime.Version()}, nil },
		"TableGet":       tableGet,
		"TableCreate": func(request *dynamicpb.Message) (fields, error) {
			return fields{"affected": uint64(1), "rows": text(request, "rows"), "row_count": uint64(1)}, nil
		},
	},
}

func tableGet(request *dynamicpb.Message) (fields, error) {
	name := request.Get(request.Descriptor().Fields().ByName("table")).String()
	switch name {
	case "prints":
		for line := 0; line < 300; line++ {
			fmt.Println(strings.Repeat("x", 1023))
		}
	case "logs":
		logger.Warn("from a Go plugin", "number", 7)
		fmt.Fprintln(os.Stderr, "plain text from a Go plugin")
	case "panics":
		go panic("a Go plugin gives up")
		time.Sleep(time.Minute)
	case "missing":
		return nil, status.Error(codes.NotFound, "no such table")
	}
	offered := os.Getenv("PLUGIN_CLIENT_CERT") != ""
	return rows(fmt.Sprintf(`[{"pid":%d,"tls":%t}]`, os.Getpid(), offered)), nil
}

func rows(json string) fields { return fields{"rows": []byte(json), "row_count": uint64(1)} }

func text(request *dynamicpb.Message, name string) []byte {
	return request.Get(request.Descriptor().Fields().ByName(protoreflect.Name(name))).Bytes()
}
