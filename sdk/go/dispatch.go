package easyrest

import (
	"context"
	"sync"
	"time"
)

// dispatch counts the calls of a program, so that it can stop without cutting one off.
type dispatch struct {
	mutex    sync.Mutex
	inFlight int
	idle     chan struct{} // made when the program stops; closed when the last call has ended
}

// enter is asked before each call; leave must follow unless it refused.
func (d *dispatch) enter() *Error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.idle != nil {
		return Errorf(ReasonUnavailable, "the plugin is stopping")
	}
	d.inFlight++
	return nil
}

func (d *dispatch) leave() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.inFlight--
	if d.idle != nil && d.inFlight == 0 {
		close(d.idle)
	}
}

// stop refuses new calls, and waits for those in flight.
func (d *dispatch) stop(patience time.Duration) {
	d.mutex.Lock()
	idle := make(chan struct{})
	d.idle = idle
	if d.inFlight == 0 {
		close(idle)
	}
	d.mutex.Unlock()
	select {
	case <-idle:
	case <-time.After(patience):
	}
}

// run makes one call and answers at once when its context ends, even if the handler goes on.
func run[Answer any](ctx context.Context, d *dispatch, work func() (Answer, *Error)) (Answer, *Error) {
	var none Answer
	if refused := d.enter(); refused != nil {
		return none, refused
	}
	done := make(chan outcome[Answer], 1)
	go func() {
		defer d.leave()
		answer, failure := work()
		done <- outcome[Answer]{answer, failure}
	}()
	select {
	case outcome := <-done:
		return outcome.answer, outcome.failure
	case <-ctx.Done():
		return none, endOf(ctx)
	}
}

type outcome[Answer any] struct {
	answer  Answer
	failure *Error
}
