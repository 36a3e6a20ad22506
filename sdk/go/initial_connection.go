package easyrest

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
)

// newInitialConnection is for one role of a program.
func newInitialConnection(
	plugin any, announced []string, connect func(ctx context.Context, connection Connection) (string, error),
) *initialConnection {
	if checker, ok := plugin.(SchemeChecker); ok && checker.ChecksScheme() {
		announced = nil
	}
	return &initialConnection{schemes: announced, connect: connect}
}

// initialConnection keeps the rules of InitConnection for one role, so that an author need not think of them.
type initialConnection struct {
	schemes []string // none: any
	connect func(ctx context.Context, connection Connection) (server string, err error)

	connected atomic.Bool
	mutex     sync.Mutex
	uri       string
	server    string
}

// open: the same URI again gets the first answer, another is refused; after a failure any may be tried again.
func (c *initialConnection) open(ctx context.Context, connection Connection) (server string, err error) {
	if err := c.checkScheme(connection.URI); err != nil {
		return "", err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	connected := c.connected.Load()
	if connected && connection.URI != c.uri {
		return "", Errorf(ReasonBadValue, "the plugin is connected to another URI; start one process per connection")
	}
	if connected {
		return c.server, nil
	}
	server, err = c.connect(ctx, connection)
	if err == nil {
		c.uri, c.server = connection.URI, server
		c.connected.Store(true)
	}
	return server, err
}

// require refuses calls before the first success of open.
func (c *initialConnection) require() error {
	if c.connected.Load() {
		return nil
	}
	return Errorf(ReasonUnavailable, "the plugin is not connected yet: InitConnection comes before any other call")
}

var uriScheme = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]{0,31})://`)

func (c *initialConnection) checkScheme(uri string) error {
	match := uriScheme.FindStringSubmatch(uri)
	if match == nil {
		return Errorf(ReasonBadValue, "expected a URI that begins with %s, got one without a scheme", c.expected())
	}
	if len(c.schemes) == 0 {
		return nil
	}
	for _, scheme := range c.schemes {
		if strings.EqualFold(scheme, match[1]) {
			return nil
		}
	}
	return Errorf(ReasonBadValue, "expected a URI that begins with %s, got the scheme %q", c.expected(), match[1])
}

func (c *initialConnection) expected() string {
	if len(c.schemes) == 0 {
		return "a scheme and ://"
	}
	return strings.Join(c.schemes, ":// or ") + "://"
}
