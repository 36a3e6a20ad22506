package easyrest

import (
	"context"
	"sync"
	"time"
)

// sessionCall is one call of a session, and the context of its handler. Most handlers never look at that, so that
// nothing is made before somebody does.
type sessionCall struct {
	id       uint64
	method   int32
	message  []byte
	received time.Time
	timeout  time.Duration // 0: none

	session context.Context
	timer   *time.Timer

	mutex sync.Mutex
	done  chan struct{}
	err   error
}

// begin must be asked before the handler.
func (c *sessionCall) begin(session context.Context) { c.session = session }

// onTimeout: `end` is called when the deadline has passed, unless the call has finished.
func (c *sessionCall) onTimeout(end func()) {
	if c.timeout > 0 {
		c.timer = time.AfterFunc(time.Until(c.received.Add(c.timeout)), end)
	}
}

// finish is called when the answer is there: what hangs on the context is set free.
func (c *sessionCall) finish() {
	if c.timer != nil {
		c.timer.Stop()
	}
	c.end()
}

// end is called when nobody waits for the answer any more.
func (c *sessionCall) end() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.err != nil {
		return
	}
	c.err = context.Canceled
	if c.isLate() {
		c.err = context.DeadlineExceeded
	}
	if c.done != nil {
		close(c.done)
	}
}

func (c *sessionCall) isLate() bool { return c.timeout > 0 && time.Since(c.received) >= c.timeout }

// Deadline, Done, Err and Value make sessionCall a context.
func (c *sessionCall) Deadline() (time.Time, bool) { return c.received.Add(c.timeout), c.timeout > 0 }

func (c *sessionCall) Done() <-chan struct{} {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.err != nil {
			close(c.done)
		}
	}
	return c.done
}

func (c *sessionCall) Err() error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.err
}

func (c *sessionCall) Value(key any) any { return c.session.Value(key) }
