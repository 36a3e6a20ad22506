package easyrest

import (
	"context"

	"easyrest/contract"
	"google.golang.org/grpc"
)

// streamOperation is TableGetStream; an error after the first chunk ends the stream with its status.
type streamOperation func(
	ctx context.Context, request *contract.TableGetRequest, send func(*contract.TableGetChunk) error,
) error

func streamDescription(d *dispatch, serve streamOperation) grpc.StreamDesc {
	return grpc.StreamDesc{
		StreamName:    "TableGetStream",
		ServerStreams: true,
		Handler: func(_ any, stream grpc.ServerStream) error {
			request := new(contract.TableGetRequest)
			if err := stream.RecvMsg(request); err != nil {
				return err
			}
			return streamRows(stream, d, serve, request)
		},
	}
}

// The handler runs on the goroutine of gRPC, which must not see the end of a stream that something still sends on.
func streamRows(stream grpc.ServerStream, d *dispatch, serve streamOperation, request *contract.TableGetRequest) error {
	if refused := d.enter(); refused != nil {
		return statusError(stream.SetTrailer, refused)
	}
	defer d.leave()
	ctx := stream.Context()
	send := func(chunk *contract.TableGetChunk) error { return stream.SendMsg(chunk) }
	err := withoutPanic("TableGetStream", func() error { return serve(ctx, request, send) })
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return statusError(stream.SetTrailer, endOf(ctx))
	default:
		return statusError(stream.SetTrailer, toError("TableGetStream", err))
	}
}

func withoutPanic(method string, work func() error) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = panicError(method, thrown)
		}
	}()
	return work()
}
