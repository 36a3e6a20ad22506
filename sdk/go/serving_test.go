package easyrest

import (
	"context"
	"net"
	"testing"
	"time"

	"easyrest/contract"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"
)

// oddDB does what the name of the table says.
type oddDB struct{ Tables }

func (oddDB) InitConnection(context.Context, Connection) (string, error) { return "odd", nil }

func (d oddDB) TableGet(ctx context.Context, request *contract.TableGetRequest) (*contract.TableGetResponse, error) {
	switch request.Table {
	case "panics":
		panic("secret driver text")
	case "waits":
		<-ctx.Done()
		return nil, ctx.Err()
	case "sleeps":
		time.Sleep(300 * time.Millisecond)
	case "deaf":
		time.Sleep(2 * time.Second)
	case "nothing":
		return nil, nil
	case "fails":
		return nil, context.Canceled
	case "nilled":
		var unknown *Error
		return &contract.TableGetResponse{Rows: []byte("[]")}, unknown
	case "wrong":
		rows, err := PrintMaps([]map[string]any{{"a": 1}, {"a": 1, "b": make(chan int)}}, nil)
		return &contract.TableGetResponse{Rows: rows, RowCount: 2}, err
	case "broken":
		return &contract.TableGetResponse{Rows: []byte(`{"a":1}`), RowCount: 1}, nil
	}
	row := PrintRows([]string{"table"}, []Row{{TextValue(request.Table)}})
	return &contract.TableGetResponse{Rows: row, RowCount: 1}, nil
}

func (oddDB) TableCreate(context.Context, *contract.TableCreateRequest) (*contract.TableCreateResponse, error) {
	return &contract.TableCreateResponse{Affected: 1}, nil
}

func (oddDB) TableUpdate(context.Context, *contract.TableUpdateRequest) (*contract.TableUpdateResponse, error) {
	return nil, Errorf(ReasonUnique, "twice").With("constraint", "things_key")
}

func (oddDB) TableDelete(context.Context, *contract.TableDeleteRequest) (*contract.TableDeleteResponse, error) {
	return &contract.TableDeleteResponse{}, nil
}

func (oddDB) GetSchema(context.Context, *contract.GetSchemaRequest) (*contract.GetSchemaResponse, error) {
	return Schema{}.Answer()
}

// serving serves a plugin in this process. Its DB is connected already.
func serving(t *testing.T, options Options) *grpc.ClientConn {
	t.Helper()
	program := newProgram(options)
	server := program.newServer(nil)
	if err := program.GRPCServer(nil, server); err != nil {
		t.Fatal(err)
	}
	listener := bufconn.Listen(1 << 20)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	dial := func(context.Context, string) (net.Conn, error) { return listener.Dial() }
	connection, err := grpc.NewClient("passthrough:///plugin",
		grpc.WithContextDialer(dial), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	call(t, connection, "DBPlugin/InitConnection", &contract.InitConnectionRequest{Uri: "odd://x"},
		&contract.InitConnectionResponse{})
	return connection
}

// call makes a unary call; the Error that it failed with, or nil.
func call(t *testing.T, connection *grpc.ClientConn, method string, request, response proto.Message) *contract.Error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return callWith(ctx, t, connection, method, request, response)
}

func callWith(
	ctx context.Context, t *testing.T, connection *grpc.ClientConn, method string, request, response proto.Message,
) *contract.Error {
	t.Helper()
	var trailer metadata.MD
	err := connection.Invoke(ctx, "/"+contractPackage+"."+method, request, response, grpc.Trailer(&trailer))
	if err == nil {
		return nil
	}
	failure := &contract.Error{}
	values := trailer.Get("easyrest-error-bin")
	if len(values) == 0 {
		t.Fatalf("%s failed without an error in its trailer: %s", method, err)
	}
	if err := proto.Unmarshal([]byte(values[0]), failure); err != nil {
		t.Fatal(err)
	}
	return failure
}
