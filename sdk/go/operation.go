package easyrest

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"
)

// operation is one method of the contract, between messages, whichever door its calls come in by.
type operation struct {
	name       string // as in the .proto, e.g. TableGet
	newRequest func() proto.Message
	serve      func(ctx context.Context, request proto.Message) (proto.Message, error)
}

// operations of one service by the names of their methods.
type operations map[string]*operation

// message is a pointer to a generated struct.
type message[T any] interface {
	*T
	proto.Message
}

func newOperation[Q, A any, Request message[Q], Answer message[A]](
	name string, serve func(ctx context.Context, request Request) (Answer, error),
) *operation {
	return &operation{
		name:       name,
		newRequest: func() proto.Message { return Request(new(Q)) },
		serve: func(ctx context.Context, request proto.Message) (proto.Message, error) {
			answer, err := serve(ctx, request.(Request))
			if err == nil && answer == nil {
				err = fmt.Errorf("expected an answer or an error, got neither")
			}
			return answer, err
		},
	}
}

// call answers, or says why not; a panic of the handler is a failure of this call alone.
func (o *operation) call(ctx context.Context, request proto.Message) (answer proto.Message, failure *Error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			answer, failure = nil, panicError(o.name, thrown)
		}
	}()
	answer, err := o.serve(ctx, request)
	if err != nil && ctx.Err() != nil {
		return nil, endOf(ctx) // whatever the handler calls it
	}
	if err != nil {
		return nil, toError(o.name, err)
	}
	return answer, nil
}

// callBytes is call between the bytes of the messages, as a session carries them.
func (o *operation) callBytes(ctx context.Context, bytes []byte) ([]byte, *Error) {
	request := o.newRequest()
	if err := proto.Unmarshal(bytes, request); err != nil {
		return nil, Errorf(ReasonBadValue, "expected a request of %s, got bytes that are none", o.name)
	}
	answer, failure := o.call(ctx, request)
	if failure != nil {
		return nil, failure
	}
	printed, err := proto.Marshal(answer)
	if err != nil {
		return nil, toError(o.name, err)
	}
	if len(printed) > maxAnswerBytes {
		// Not too_large: a write has happened nevertheless.
		return nil, Errorf(reasonInternal, "the answer is larger than 64 MiB")
	}
	return printed, nil
}

// What a message of gRPC may be, less what surrounds an answer in it.
const (
	maxMessageBytes = 64 * 1024 * 1024
	maxAnswerBytes  = maxMessageBytes - 64
)
