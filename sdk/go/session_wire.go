package easyrest

import (
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// The frames of a session, without the generated messages between: a call is decoded where it lies in its frame, and an
// answer is copied once.

// What one frame may hold; a single larger call or reply stands alone.
const (
	maxFrameCalls = 64
	maxFrameBytes = 256 * 1024
)

var errOversized = status.Error(codes.InvalidArgument, "expected at most 64 calls or 256 KiB in a message of a session")

// requestFrame is SessionRequest.
type requestFrame struct {
	size    int
	calls   []sessionCall
	cancels []uint64
}

func (f *requestFrame) unmarshal(bytes []byte) error {
	f.size = len(bytes)
	received := time.Now()
	return eachField(bytes, func(number protowire.Number, kind protowire.Type, value []byte, integer uint64) error {
		switch {
		case number == 1 && kind == protowire.BytesType:
			if len(f.calls) == maxFrameCalls {
				return errOversized // before 64 MiB of empty calls take the memory of the process
			}
			f.calls = append(f.calls, sessionCall{received: received})
			return f.calls[len(f.calls)-1].unmarshal(value)
		case number == 2 && kind == protowire.BytesType: // packed
			for len(value) > 0 {
				id, length := protowire.ConsumeVarint(value)
				if length < 0 {
					return protowire.ParseError(length)
				}
				f.cancels, value = append(f.cancels, id), value[length:]
			}
		case number == 2 && kind == protowire.VarintType:
			f.cancels = append(f.cancels, integer)
		}
		return nil
	})
}

// Call.
func (c *sessionCall) unmarshal(bytes []byte) error {
	return eachField(bytes, func(number protowire.Number, kind protowire.Type, value []byte, integer uint64) error {
		switch {
		case number == 1 && kind == protowire.VarintType:
			c.id = integer
		case number == 2 && kind == protowire.VarintType:
			c.method = int32(integer)
		case number == 3 && kind == protowire.BytesType:
			c.message = value
		case number == 4 && kind == protowire.VarintType:
			c.timeout = time.Duration(uint32(integer)) * time.Millisecond
		}
		return nil
	})
}

func eachField(bytes []byte, use func(number protowire.Number, kind protowire.Type, value []byte, integer uint64) error) error {
	for len(bytes) > 0 {
		number, kind, length := protowire.ConsumeTag(bytes)
		if length < 0 {
			return protowire.ParseError(length)
		}
		bytes = bytes[length:]
		var value []byte
		var integer uint64
		switch kind {
		case protowire.VarintType:
			integer, length = protowire.ConsumeVarint(bytes)
		case protowire.BytesType:
			value, length = protowire.ConsumeBytes(bytes)
		default:
			length = protowire.ConsumeFieldValue(number, kind, bytes)
		}
		if length < 0 {
			return protowire.ParseError(length)
		}
		if err := use(number, kind, value, integer); err != nil {
			return err
		}
		bytes = bytes[length:]
	}
	return nil
}

// replyFrame is SessionReply.
type replyFrame struct{ replies []reply }

func (f *replyFrame) marshal() []byte {
	size := 0
	for _, reply := range f.replies {
		size += reply.size()
	}
	bytes := make([]byte, 0, size)
	for _, reply := range f.replies {
		bytes = reply.append(bytes)
	}
	return bytes
}

func (r reply) append(bytes []byte) []byte {
	number, content := protowire.Number(2), r.message
	if r.failure != nil {
		number, content = 3, errorBytes(r.failure)
	}
	length := protowire.SizeTag(1) + protowire.SizeVarint(r.id) + protowire.SizeTag(number) + protowire.SizeBytes(len(content))
	bytes = protowire.AppendTag(bytes, 1, protowire.BytesType)
	bytes = protowire.AppendVarint(bytes, uint64(length))
	bytes = protowire.AppendTag(bytes, 1, protowire.VarintType)
	bytes = protowire.AppendVarint(bytes, r.id)
	bytes = protowire.AppendTag(bytes, number, protowire.BytesType)
	return protowire.AppendBytes(bytes, content)
}

// At most, without looking into an error.
func (r reply) size() int {
	if r.failure != nil {
		return maxErrorBytes + errorOverhead + replyOverhead
	}
	return len(r.message) + replyOverhead
}

const (
	replyOverhead = 32  // tags, lengths and the id
	errorOverhead = 256 // the reason, tags and lengths
)

// How many of the replies fit one frame: at least one, at most 64 or 256 KiB.
func frameLength(replies []reply) int {
	bytes, count := 0, 0
	for count < len(replies) && count < maxFrameCalls {
		bytes += replies[count].size()
		if count > 0 && bytes > maxFrameBytes {
			break
		}
		count++
	}
	return count
}

func errorBytes(failure *Error) []byte {
	bytes, err := proto.Marshal(errorMessage(failure))
	if err != nil {
		panic(fmt.Sprintf("easyrest: an error that cannot be sent: %s", err)) // its texts were made valid
	}
	return bytes
}

// wireCodec is gRPC's own, with the frames of sessions besides.
type wireCodec struct{}

// Name is that of the codec it stands for.
func (wireCodec) Name() string { return "proto" }

// Marshal prints frames and messages.
func (wireCodec) Marshal(value any) ([]byte, error) {
	if frame, ok := value.(*replyFrame); ok {
		return frame.marshal(), nil
	}
	message, ok := value.(proto.Message)
	if !ok {
		return nil, fmt.Errorf("expected a protobuf message, got %T", value)
	}
	return proto.Marshal(message)
}

// Unmarshal reads frames and messages.
func (wireCodec) Unmarshal(bytes []byte, value any) error {
	if frame, ok := value.(*requestFrame); ok {
		return frame.unmarshal(bytes)
	}
	message, ok := value.(proto.Message)
	if !ok {
		return fmt.Errorf("expected a protobuf message, got %T", value)
	}
	return proto.Unmarshal(bytes, message)
}
