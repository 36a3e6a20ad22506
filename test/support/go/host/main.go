// A host built with hashicorp/go-plugin, for the tests of the plugin SDK. It starts the program that its argument names,
// makes the calls that standard input lists (a JSON object a line) and prints what came (likewise).
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"time"

	"easyrest.test/goplugin/contract"
	"github.com/hashicorp/go-hclog"
	plugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/dynamicpb"
)

func main() {
	autoMTLS := flag.Bool("mtls", false, "offer TLS")
	flag.Parse()
	loaded, err := contract.Load()
	check(err)
	var stdout bytes.Buffer
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  contract.Handshake,
		VersionedPlugins: map[int]plugin.PluginSet{contract.Version: {contract.Name: &called{}}},
		Cmd:              exec.Command(flag.Arg(0)),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         *autoMTLS,
		SyncStdout:       &stdout,
		Logger:           hclog.New(&hclog.LoggerOptions{Name: "host", Level: hclog.Debug, JSONFormat: true, Output: os.Stderr}),
	})
	defer client.Kill()
	protocol, err := client.Client()
	check(err)
	check(protocol.Ping())
	raw, err := protocol.Dispense(contract.Name)
	check(err)
	say("started", map[string]interface{}{"version": client.NegotiatedVersion(), "pid": client.ReattachConfig().Pid})

	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		invoke(loaded, raw.(*grpc.ClientConn), lines.Bytes())
	}
	begin := time.Now()
	client.Kill()
	say("killed", map[string]interface{}{"exited": client.Exited(), "ms": time.Since(begin).Milliseconds(), "stdout": stdout.String()})
}

type called struct{ plugin.NetRPCUnsupportedPlugin }

func (*called) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error { return nil }

func (*called) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, connection *grpc.ClientConn) (interface{}, error) {
	return connection, nil
}

type call struct {
	Service, Method string
	Request         json.RawMessage
}

func invoke(loaded contract.Contract, connection *grpc.ClientConn, line []byte) {
	var wanted call
	check(json.Unmarshal(line, &wanted))
	method, err := loaded.Method(wanted.Service, wanted.Method)
	check(err)
	request, response := dynamicpb.NewMessage(method.Input()), dynamicpb.NewMessage(method.Output())
	check(protojson.Unmarshal(wanted.Request, request))
	path := fmt.Sprintf("/easyrest.plugin.v1.%s/%s", wanted.Service, wanted.Method)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var trailer metadata.MD
	if err := connection.Invoke(ctx, path, request, response, grpc.Trailer(&trailer)); err != nil {
		say("error", map[string]interface{}{"text": err.Error(), "trailer": len(trailer["easyrest-error-bin"])})
		return
	}
	answer, err := protojson.Marshal(response)
	check(err)
	say("response", json.RawMessage(answer))
}

func say(name string, value interface{}) {
	check(json.NewEncoder(os.Stdout).Encode(map[string]interface{}{name: value}))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		plugin.CleanupClients()
		os.Exit(1)
	}
}
