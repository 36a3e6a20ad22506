package easyrest

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"easyrest/contract"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// host is the other side of a session.
type host struct {
	t       *testing.T
	stream  grpc.ClientStream
	lastID  uint64
	answers map[uint64]*contract.Reply
}

func newHost(t *testing.T) *host {
	connection := serving(t, Options{Name: "odd", DB: oddDB{}})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	description := &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}
	stream, err := connection.NewStream(ctx, description, "/"+contractPackage+".Plugin/Session")
	if err != nil {
		t.Fatal(err)
	}
	return &host{t: t, stream: stream, answers: map[uint64]*contract.Reply{}}
}

// ask sends one frame with a read of each table; the first id.
func (h *host) ask(timeout time.Duration, tables ...string) uint64 {
	frame := &contract.SessionRequest{}
	for _, table := range tables {
		message, _ := proto.Marshal(get(table))
		h.lastID++
		frame.Calls = append(frame.Calls, &contract.Call{
			Id: h.lastID, Method: contract.Method_METHOD_TABLE_GET, Message: message,
			TimeoutMs: uint32(timeout.Milliseconds()),
		})
	}
	h.send(frame)
	return h.lastID - uint64(len(tables)) + 1
}

func (h *host) send(frame *contract.SessionRequest) {
	if err := h.stream.SendMsg(frame); err != nil {
		h.t.Fatal(err)
	}
}

// answer waits for the reply of an id; an id that is answered twice fails the test.
func (h *host) answer(id uint64) *contract.Reply {
	h.t.Helper()
	for h.answers[id] == nil {
		frame := &contract.SessionReply{}
		if err := h.stream.RecvMsg(frame); err != nil {
			h.t.Fatalf("waiting for reply %d: %s", id, err)
		}
		if len(frame.Replies) > maxFrameCalls || len(frame.Replies) > 1 && proto.Size(frame) > maxFrameBytes {
			h.t.Fatalf("a frame of %d replies and %d bytes", len(frame.Replies), proto.Size(frame))
		}
		for _, reply := range frame.Replies {
			if h.answers[reply.Id] != nil {
				h.t.Fatalf("call %d was answered twice", reply.Id)
			}
			h.answers[reply.Id] = reply
		}
	}
	return h.answers[id]
}

func (h *host) expectRow(id uint64, table string) {
	h.t.Helper()
	reply, response := h.answer(id), &contract.TableGetResponse{}
	if err := proto.Unmarshal(reply.Message, response); err != nil || reply.Error != nil {
		h.t.Fatalf("call %d: expected rows, got %v", id, reply)
	}
	if expected := fmt.Sprintf(`[{"table":%q}]`, table); string(response.Rows) != expected {
		h.t.Fatalf("call %d: expected %s, got %s", id, expected, response.Rows)
	}
}

func (h *host) expectReason(id uint64, reason string) {
	h.t.Helper()
	if reply := h.answer(id); reply.Error.GetReason() != reason || len(reply.Message) > 0 {
		h.t.Fatalf("call %d: expected the reason %s, got %v", id, reason, reply)
	}
}

func TestSessionAnswersEachCallOnce(t *testing.T) {
	h := newHost(t)
	const frames = 50
	for frame := 0; frame < frames; frame++ {
		tables := make([]string, 1+frame)
		for index := range tables {
			tables[index] = fmt.Sprint("t", h.lastID+uint64(index)+1)
		}
		h.ask(time.Minute, tables...)
	}
	for id := uint64(1); id <= h.lastID; id++ {
		h.expectRow(id, fmt.Sprint("t", id))
	}
}

func TestSlowCallHoldsUpNoOther(t *testing.T) {
	h := newHost(t)
	first := h.ask(time.Minute, "before", "waits", "after")
	second := h.ask(time.Minute, "next")
	h.expectRow(first, "before")
	h.expectRow(first+2, "after")
	h.expectRow(second, "next")
	if h.answers[first+1] != nil {
		t.Error("expected the call to wait for its end")
	}
	h.send(&contract.SessionRequest{Cancel: []uint64{first + 1}})
	h.expectReason(first+1, "cancelled")
}

func TestFramesAfterSlowOnesAreAnswered(t *testing.T) {
	h := newHost(t)
	for round := 0; round < 3; round++ {
		waiting := h.ask(50*time.Millisecond, "waits")
		for count := 0; count < 2*hastyFrames; count++ {
			h.expectRow(h.ask(time.Minute, "quick"), "quick")
		}
		h.expectReason(waiting, "timeout")
	}
}

func TestDeadlineAndCancelAreAnsweredAtOnce(t *testing.T) {
	h := newHost(t)
	start := time.Now()
	late := h.ask(50*time.Millisecond, "deaf")
	given := h.ask(time.Minute, "waits", "deaf")
	h.expectReason(late, "timeout")
	h.send(&contract.SessionRequest{Cancel: []uint64{given, given + 1, late, 99}})
	h.expectReason(given, "cancelled")
	h.expectReason(given+1, "cancelled")
	if spent := time.Since(start); spent > 1900*time.Millisecond {
		t.Errorf("expected answers at once, they took %s", spent)
	}
	// Their handlers return meanwhile; a second answer would fail this.
	time.Sleep(2500*time.Millisecond - time.Since(start))
	h.expectRow(h.ask(time.Minute, "next"), "next")
}

func TestCancelInTheFrameOfItsCall(t *testing.T) {
	h := newHost(t)
	message, _ := proto.Marshal(get("waits"))
	h.lastID++
	h.send(&contract.SessionRequest{
		Calls:  []*contract.Call{{Id: 1, Method: contract.Method_METHOD_TABLE_GET, Message: message, TimeoutMs: 60_000}},
		Cancel: []uint64{1},
	})
	h.expectReason(1, "cancelled")
}

func TestHandlerThatPanicsInASession(t *testing.T) {
	captureLog(t)
	h := newHost(t)
	first := h.ask(time.Minute, "panics", "fine")
	h.expectReason(first, "internal")
	h.expectRow(first+1, "fine")
}

func TestMethodThatASessionDoesNotCarry(t *testing.T) {
	h := newHost(t)
	h.send(&contract.SessionRequest{Calls: []*contract.Call{
		{Id: 1, Method: 99}, {Id: 2, Method: contract.Method_METHOD_CACHE_GET}, {Id: 3, Method: contract.Method_METHOD_QUERY},
	}})
	h.lastID = 3
	for id := uint64(1); id <= 3; id++ {
		h.expectReason(id, "unsupported")
	}
}

func TestHostThatHasSaidAllGetsItsAnswers(t *testing.T) {
	h := newHost(t)
	id := h.ask(time.Minute, "sleeps", "fine")
	if err := h.stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	h.expectRow(id, "sleeps")
	h.expectRow(id+1, "fine")
	if err := h.stream.RecvMsg(&contract.SessionReply{}); err != io.EOF {
		t.Errorf("expected the end of the stream, got %v", err)
	}
}

func TestFrameThatBreaksTheRulesEndsTheStream(t *testing.T) {
	tooMany := &contract.SessionRequest{}
	for id := uint64(1); id <= maxFrameCalls+1; id++ {
		tooMany.Calls = append(tooMany.Calls, &contract.Call{Id: id, Method: contract.Method_METHOD_TABLE_GET})
	}
	large := make([]byte, maxFrameBytes)
	for name, frame := range map[string]*contract.SessionRequest{
		"65 calls":     tooMany,
		"no id":        {Calls: []*contract.Call{{Method: contract.Method_METHOD_TABLE_GET}}},
		"the same id":  {Calls: []*contract.Call{{Id: 1}, {Id: 1}}},
		"two of 256 K": {Calls: []*contract.Call{{Id: 1, Message: large}, {Id: 2, Message: large}}},
	} {
		h := newHost(t)
		h.send(frame)
		if err := h.stream.RecvMsg(&contract.SessionReply{}); err == nil || err == io.EOF {
			t.Errorf("%s: expected the stream to fail, got %v", name, err)
		}
	}
}
