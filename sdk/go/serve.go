package easyrest

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"easyrest/contract"
	hplugin "github.com/hashicorp/go-plugin"
)

// Version of this SDK.
const Version = "0.1.0"

// Handshake is what the server and a plugin agree on before they speak gRPC: version 2 of the application protocol.
var Handshake = hplugin.HandshakeConfig{
	ProtocolVersion:  2,
	MagicCookieKey:   "EASYREST_PLUGIN",
	MagicCookieValue: "easyrest",
}

// Options describe a plugin program: who it is, and at least one of the two roles.
type Options struct {
	// Name and Version of the program, for logs and status pages.
	Name, Version string
	// Schemes of the connection URIs that it accepts, without "://". None: any, and InitConnection must check them. See
	// SchemeChecker, too.
	Schemes []string
	DB      DBPlugin
	Cache   CachePlugin
	// Limits are announced to the server, which keeps to them; nil: none of its own, and 64 MiB for a message.
	Limits *contract.Limits
}

// Serve makes this process a plugin: it listens, prints the handshake, and answers the server until that says stop, goes
// away, or sends SIGTERM; then calls in flight end, DB and Cache are closed, and Serve returns. Standard output belongs
// to the server; what the program prints appears in its log. A process that no server started is told so and ends with
// status 1.
func Serve(options Options) {
	if err := options.check(); err != nil {
		fmt.Fprintln(os.Stderr, "easyrest.Serve:", err)
		os.Exit(1)
	}
	if os.Getenv(Handshake.MagicCookieKey) != Handshake.MagicCookieValue {
		fmt.Fprint(os.Stderr, startedByHand(options))
		os.Exit(1)
	}
	program := newProgram(options)
	program.watchHost()
	hplugin.Serve(&hplugin.ServeConfig{
		HandshakeConfig: Handshake,
		Plugins:         hplugin.PluginSet{"easyrest": program},
		GRPCServer:      program.newServer,
		Logger:          Log,
	})
	// go-plugin returns as soon as the listener is closed; what closes it is stop.
	<-program.stopped
	runtime.KeepAlive(program)
}

func (o Options) check() error {
	if o.Name == "" {
		return errors.New(`expected a name in Options, got ""`)
	}
	if o.DB == nil && o.Cache == nil {
		return fmt.Errorf("expected DB or Cache in Options, got neither; plugin %s would do nothing", o.Name)
	}
	return nil
}

// The first three lines are go-plugin's own: people search for them.
func startedByHand(o Options) string {
	return fmt.Sprintf(`This binary is a plugin. These are not meant to be executed directly.
Please execute the program that consumes these plugins, which will
load any plugins automatically

It is %[1]s %[2]s, a plugin of EasyREST%[3]s. EasyREST finds it by its file name,
easyrest-plugin-<scheme>, in plugin_dirs, beside easyrest-server or on PATH; or set "path" of the connection to this
file, and start easyrest-server --config config.yaml:

    plugins:
      mydb: { uri: "%[4]s://...", path: "%[5]s" }
`, o.Name, o.Version, forURIs(o.Schemes), exampleScheme(o.Schemes), os.Args[0])
}

func forURIs(schemes []string) string {
	if len(schemes) == 0 {
		return ""
	}
	return " for connections to " + strings.Join(schemes, ":// or ") + "://"
}

func exampleScheme(schemes []string) string {
	if len(schemes) == 0 {
		return "scheme"
	}
	return schemes[0]
}
