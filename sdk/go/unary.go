package easyrest

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

const contractPackage = "easyrest.plugin.v1"

// unaryService describes a service whose methods are operations, for grpc.Server.RegisterService.
func unaryService(d *dispatch, name string, methods operations) *grpc.ServiceDesc {
	service := &grpc.ServiceDesc{ServiceName: contractPackage + "." + name}
	for _, operation := range methods {
		path := "/" + service.ServiceName + "/" + operation.name
		service.Methods = append(service.Methods, grpc.MethodDesc{
			MethodName: operation.name,
			Handler:    unaryHandler(d, path, operation),
		})
	}
	return service
}

func unaryHandler(d *dispatch, path string, operation *operation) func(
	any, context.Context, func(any) error, grpc.UnaryServerInterceptor,
) (any, error) {
	handle := func(ctx context.Context, request any) (any, error) {
		answer, failure := run(ctx, d, func() (proto.Message, *Error) {
			return operation.call(ctx, request.(proto.Message))
		})
		if failure != nil {
			setTrailer := func(trailer metadata.MD) { _ = grpc.SetTrailer(ctx, trailer) }
			return nil, statusError(setTrailer, failure)
		}
		return answer, nil
	}
	return func(_ any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
		request := operation.newRequest()
		if err := decode(request); err != nil {
			return nil, err
		}
		if intercept == nil {
			return handle(ctx, request)
		}
		return intercept(ctx, request, &grpc.UnaryServerInfo{FullMethod: path}, handle)
	}
}
