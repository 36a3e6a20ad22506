package plugin

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"time"

	"easyrest"
	hplugin "github.com/hashicorp/go-plugin"
)

// A plugin of the original calls go-plugin's Serve by itself, which knows net/rpc alone and tells nobody what it serves
// before somebody asks. So, when a server of version 2 started the program, its handshake goes to this package instead of
// the server; this package asks for each role over net/rpc, as the original server would, and has thereby got hold of what
// the program made. From then on it serves that over gRPC; net/rpc is not used again.

func init() {
	if os.Getenv(Handshake.MagicCookieKey) == Handshake.MagicCookieValue && hostSpeaks("2") {
		adopt()
	}
}

func hostSpeaks(version string) bool {
	for _, offered := range strings.Split(os.Getenv("PLUGIN_PROTOCOL_VERSIONS"), ",") {
		if offered == version {
			return true
		}
	}
	return false
}

// What go-plugin's Serve must not see, as it is meant for the gRPC server.
var keptVariables = []string{"PLUGIN_CLIENT_CERT", "PLUGIN_MULTIPLEX_GRPC"}

func adopt() {
	read, write, err := os.Pipe()
	if err != nil {
		giveUp(err)
	}
	standard := standardFiles{os.Stdout, os.Stderr, map[string]string{}}
	os.Stdout = write
	for _, name := range keptVariables {
		if value, ok := os.LookupEnv(name); ok {
			standard.variables[name] = value
			os.Unsetenv(name)
		}
	}
	go func() {
		lines := bufio.NewReader(read)
		address := findHandshake(lines)
		go passOn(lines)
		serve(address, standard)
	}()
}

// standardFiles are what the process was started with.
type standardFiles struct {
	output, errors *os.File
	variables      map[string]string
}

func (s standardFiles) restore() {
	os.Stdout, os.Stderr = s.output, s.errors
	for name, value := range s.variables {
		os.Setenv(name, value)
	}
}

var handshakeLine = regexp.MustCompile(`^1\|1\|(unix|tcp)\|([^|]+)\|netrpc\|`)

// Whatever the program prints before is no handshake, and would be taken for one.
func findHandshake(lines *bufio.Reader) net.Addr {
	for {
		line, err := lines.ReadString('\n')
		if match := handshakeLine.FindStringSubmatch(line); match != nil {
			return address{match[1], match[2]}
		}
		fmt.Fprint(os.Stderr, line)
		if err != nil {
			giveUp(fmt.Errorf("expected the handshake of go-plugin's Serve, got the end of standard output"))
		}
	}
}

type address struct{ network, text string }

func (a address) Network() string { return a.network }
func (a address) String() string  { return a.text }

// A program that kept the standard output of its start prints there.
func passOn(lines *bufio.Reader) {
	for {
		line, err := lines.ReadString('\n')
		fmt.Print(line)
		if err != nil {
			return
		}
	}
}

func serve(address net.Addr, standard standardFiles) {
	found, err := askForRoles(address)
	// go-plugin has exchanged the files by now: it listens.
	standard.restore()
	if err != nil {
		giveUp(err)
	}
	easyrest.Serve(found.options())
	if address.Network() == "unix" {
		os.Remove(address.String())
	}
	os.Exit(0)
}

// While go-plugin exchanges os.Stderr this reads it, for a log that nobody writes to: either will do.
func askForRoles(address net.Addr) (roles, error) {
	connection, err := net.DialTimeout(address.Network(), address.String(), 5*time.Second)
	if err != nil {
		return roles{}, err
	}
	set := hplugin.PluginSet{"db": &DBPluginPlugin{}, "query": &DBQueryPluginPlugin{}, "cache": &CachePluginPlugin{}}
	client, err := hplugin.NewRPCClient(connection, set)
	if err != nil {
		return roles{}, err
	}
	for name := range set {
		_, _ = client.Dispense(name) // fails for what the program does not serve
	}
	served.mutex.Lock()
	defer served.mutex.Unlock()
	if found := served.found; found.db == nil && found.query == nil && found.cache == nil {
		return roles{}, fmt.Errorf("expected a plugin that serves db, query or cache, got none of them; " +
			"programs for authentication are not served by this server yet")
	}
	return served.found, nil
}

func giveUp(err error) {
	fmt.Fprintln(os.Stderr, "easyrest/plugin:", err)
	os.Exit(1)
}
