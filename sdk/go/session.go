package easyrest

import (
	"errors"
	"io"
	"sync"
	"time"

	"easyrest/contract"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// session is one stream of Plugin.Session: many calls, each answered exactly once, in any order.
//
// A leader reads a frame and makes its calls itself, one after another, so that calls that take microseconds cost no
// switch of goroutines, no timer and no message of their own. A frame that takes longer than leaderPatience deposes its
// leader: another reads on, and the calls that have not begun get a goroutine each.
type session struct {
	stream     grpc.ServerStream
	dispatch   *dispatch
	operations map[contract.Method]*operation
	writer     replyWriter
	lastID     uint64     // the leader's, as is haste
	haste      int        // how many frames are not worth waiting for
	ended      chan error // gets what ended the stream: nil, when the host has said all it wants to say

	mutex   sync.Mutex
	slow    map[uint64]*sessionCall // calls whose leader was deposed, and that are not answered yet
	pending sync.WaitGroup          // goroutines besides the leader's
}

const (
	// Ten times what calls take for whom it matters, and little for those that take a millisecond.
	leaderPatience = 100 * time.Microsecond
	// After a leader was deposed, so many frames are taken for slow at once.
	hastyFrames = 8
)

func serveSession(stream grpc.ServerStream, d *dispatch, methods map[contract.Method]*operation) error {
	s := &session{
		stream: stream, dispatch: d, operations: methods, writer: replyWriter{send: stream.SendMsg},
		slow: map[uint64]*sessionCall{}, ended: make(chan error, 1),
	}
	s.pending.Add(1)
	go s.lead()
	err := <-s.ended
	if err != nil {
		s.abandon() // nobody waits for any answer
	}
	s.pending.Wait()
	if err == nil {
		err = s.writer.failure()
	}
	return err
}

// lead reads and makes calls until the stream ends or a frame takes too long.
func (s *session) lead() {
	defer s.pending.Done()
	for {
		frame := new(requestFrame)
		err := s.stream.RecvMsg(frame)
		if err == nil {
			err = s.check(frame)
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			s.ended <- err
			return
		}
		if deposed := s.serve(frame); deposed {
			return
		}
	}
}

func (s *session) check(frame *requestFrame) error {
	if len(frame.calls) > 1 && frame.size > maxFrameBytes {
		return errOversized
	}
	for index := range frame.calls {
		id := frame.calls[index].id
		if id <= s.lastID {
			return status.Errorf(codes.InvalidArgument, "expected a call id above %d, got %d", s.lastID, id)
		}
		s.lastID = id
	}
	return nil
}

// serve makes the calls of a frame, and the cancels it holds, which may be meant for its calls.
func (s *session) serve(frame *requestFrame) (deposed bool) {
	if s.haste > 0 || len(frame.cancels) > 0 {
		s.haste--
		s.spread(frame.calls)
		for _, id := range frame.cancels {
			s.cancel(id)
		}
		return false
	}
	run := &frameRun{session: s, waiting: frame.calls, replies: make([]reply, 0, len(frame.calls))}
	watch := time.AfterFunc(leaderPatience, run.depose)
	defer watch.Stop()
	return run.lead()
}

// spread makes each call in a goroutine of its own.
func (s *session) spread(calls []sessionCall) {
	s.pending.Add(len(calls))
	for index := range calls {
		call := &calls[index]
		call.begin(s.stream.Context())
		s.slowDown(call)
		go func() {
			defer s.pending.Done()
			s.settle(call, s.answer(call))
		}()
	}
}

// answer makes one call.
func (s *session) answer(call *sessionCall) reply {
	operation := s.operations[contract.Method(call.method)]
	if operation == nil {
		return refusal(call.id, Errorf(ReasonUnsupported, "the plugin does not serve %s", contract.Method(call.method)))
	}
	if refused := s.dispatch.enter(); refused != nil {
		return refusal(call.id, refused)
	}
	defer s.dispatch.leave()
	message, failure := operation.callBytes(call, call.message)
	if failure != nil {
		return refusal(call.id, failure)
	}
	return reply{id: call.id, message: message}
}

// slowDown keeps a call that is not answered soon where a cancel and its deadline find it.
func (s *session) slowDown(call *sessionCall) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.slow[call.id] = call
	call.onTimeout(func() { s.giveUp(call) })
}

// settle sends the answer of a slow call, unless it was given up.
func (s *session) settle(call *sessionCall, answer reply) {
	s.mutex.Lock()
	_, open := s.slow[call.id]
	delete(s.slow, call.id)
	s.mutex.Unlock()
	if open {
		call.finish()
		s.writer.write(answer)
	}
}

// A call that was answered is no longer there.
func (s *session) cancel(id uint64) {
	s.mutex.Lock()
	call := s.slow[id]
	s.mutex.Unlock()
	if call != nil {
		s.giveUp(call)
	}
}

// Nobody waits for this call any more, and that is its answer; what its handler still answers is dropped.
func (s *session) giveUp(call *sessionCall) {
	call.end()
	s.settle(call, refusal(call.id, endOf(call)))
}

func (s *session) abandon() {
	s.writer.drop()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for id, call := range s.slow {
		call.end()
		delete(s.slow, id)
	}
}
