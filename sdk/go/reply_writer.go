package easyrest

import (
	"runtime"
	"sync"
)

// reply is one answer on its way into a frame.
type reply struct {
	id      uint64
	message []byte
	failure *Error // instead of message
}

func refusal(id uint64, failure *Error) reply { return reply{id: id, failure: failure} }

// replyWriter sends answers, as many in one frame as there are. Whoever comes while another sends leaves its answers to
// that one.
type replyWriter struct {
	send func(message any) error

	mutex   sync.Mutex
	replies []reply
	sending bool
	dropped bool
	err     error
}

func (w *replyWriter) write(replies ...reply) {
	if len(replies) == 0 || !w.add(replies) {
		return
	}
	if len(replies) == 1 {
		// Calls of one frame end almost together: let those that are about to join the first.
		runtime.Gosched()
	}
	for frame := w.take(); frame != nil; frame = w.take() {
		if err := w.send(frame); err != nil {
			w.fail(err)
		}
	}
}

// add answers whether it is now the caller's turn to send.
func (w *replyWriter) add(replies []reply) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.dropped {
		return false
	}
	w.replies = append(w.replies, replies...)
	turn := !w.sending
	w.sending = true
	return turn
}

// take is the next frame; nil: there is nothing more to send.
func (w *replyWriter) take() *replyFrame {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if len(w.replies) == 0 {
		w.sending = false
		return nil
	}
	count := frameLength(w.replies)
	frame := &replyFrame{w.replies[:count:count]}
	if w.replies = w.replies[count:]; len(w.replies) == 0 {
		w.replies = nil
	}
	return frame
}

func (w *replyWriter) fail(err error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.err = err
	w.dropped, w.replies = true, nil
}

// drop forgets answers that nobody waits for.
func (w *replyWriter) drop() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.dropped, w.replies = true, nil
}

func (w *replyWriter) failure() error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.err
}
