// A plugin in Go that answers prepared bytes, so that only the hop is measured: what hop-plugin.mjs is in Node.
package main

import (
	"context"
	"os"

	sdk "easyrest"
	"easyrest/contract"
)

type prepared struct{ one, many *contract.TableGetResponse }

func (prepared) Capabilities() []sdk.Capability { return []sdk.Capability{sdk.CapabilityFilterTree} }

func (prepared) InitConnection(context.Context, sdk.Connection) (string, error) { return "none", nil }

func (p prepared) TableGet(_ context.Context, request *contract.TableGetRequest) (*contract.TableGetResponse, error) {
	if request.Table == "one" {
		return p.one, nil
	}
	return p.many, nil
}

func (prepared) TableCreate(context.Context, *contract.TableCreateRequest) (*contract.TableCreateResponse, error) {
	return nil, refused
}

func (prepared) TableUpdate(context.Context, *contract.TableUpdateRequest) (*contract.TableUpdateResponse, error) {
	return nil, refused
}

func (prepared) TableDelete(context.Context, *contract.TableDeleteRequest) (*contract.TableDeleteResponse, error) {
	return nil, refused
}

func (prepared) GetSchema(context.Context, *contract.GetSchemaRequest) (*contract.GetSchemaResponse, error) {
	return sdk.Schema{}.Answer()
}

var refused = sdk.Errorf(sdk.ReasonUnsupported, "the bench only reads")

func main() {
	sdk.Serve(sdk.Options{
		Name: "bench", Version: "0.0.0", Schemes: []string{"bench"},
		DB: prepared{
			one:  &contract.TableGetResponse{Rows: []byte(os.Getenv("BENCH_ONE_ROW")), RowCount: 1},
			many: &contract.TableGetResponse{Rows: []byte(os.Getenv("BENCH_25_ROWS")), RowCount: 25},
		},
	})
}
