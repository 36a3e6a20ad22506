package easyrest

import "sync"

// frameRun is one frame in the hands of its leader.
type frameRun struct {
	session *session

	mutex   sync.Mutex
	waiting []sessionCall
	running *sessionCall
	replies []reply
	deposed bool
	ended   bool
}

// lead makes the calls and sends their answers, unless it is deposed meanwhile.
func (r *frameRun) lead() (deposed bool) {
	for call := r.next(); call != nil; call = r.next() {
		call.begin(r.session.stream.Context())
		r.finish(call, r.session.answer(call))
	}
	r.mutex.Lock()
	r.ended = true
	deposed = r.deposed
	r.mutex.Unlock()
	if !deposed {
		r.session.writer.write(r.replies...)
	}
	return deposed
}

// next is the call to make now; nil when there are no more, or they are no longer this leader's.
func (r *frameRun) next() *sessionCall {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.deposed || len(r.waiting) == 0 {
		return nil
	}
	r.running, r.waiting = &r.waiting[0], r.waiting[1:]
	return r.running
}

func (r *frameRun) finish(call *sessionCall, answer reply) {
	r.mutex.Lock()
	deposed := r.deposed
	if !deposed {
		r.running = nil
		r.replies = append(r.replies, answer)
	}
	r.mutex.Unlock()
	if deposed {
		r.session.settle(call, answer)
	} else {
		call.finish()
	}
}

// depose is called when the leader takes too long: whoever reads next must not wait for it.
func (r *frameRun) depose() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.ended {
		return
	}
	r.deposed = true
	if r.running != nil {
		r.session.slowDown(r.running)
	}
	r.session.pending.Add(1)
	go func() {
		r.session.haste = hastyFrames
		r.session.spread(r.waiting)
		r.session.writer.write(r.replies...)
		r.session.lead()
	}()
}
