// A complete plugin: tables in memory, gone with the process. The first insert makes a table.
package main

import (
	"context"
	"sync"

	sdk "easyrest"
	"easyrest/contract"
)

type memory struct {
	mutex  sync.Mutex
	tables sdk.Tables
}

func (m *memory) Capabilities() []sdk.Capability { return sdk.TableCapabilities }

func (m *memory) InitConnection(context.Context, sdk.Connection) (string, error) {
	return "memory", nil
}

func (m *memory) TableGet(_ context.Context, r *contract.TableGetRequest) (*contract.TableGetResponse, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.tables.Get(r)
}

func (m *memory) TableCreate(_ context.Context, r *contract.TableCreateRequest) (*contract.TableCreateResponse, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.tables.Create(r)
}

func (m *memory) TableUpdate(_ context.Context, r *contract.TableUpdateRequest) (*contract.TableUpdateResponse, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.tables.Update(r)
}

func (m *memory) TableDelete(_ context.Context, r *contract.TableDeleteRequest) (*contract.TableDeleteResponse, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.tables.Delete(r)
}

func (m *memory) GetSchema(context.Context, *contract.GetSchemaRequest) (*contract.GetSchemaResponse, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.tables.Schema()
}

func main() {
	sdk.Serve(sdk.Options{
		Name: "memory", Version: "0.1.0", Schemes: []string{"memory"}, DB: &memory{tables: sdk.Tables{}},
	})
}
