package easyrest

import "easyrest/contract"

// Tables are a whole database in memory, by the names of its tables. Calls must not come at the same time.
type Tables map[string]Table

// Find answers a table, or ReasonUnknownTable with the name that may have been meant.
func (t Tables) Find(name string) (Table, error) {
	if table, ok := t[name]; ok {
		return table, nil
	}
	names := make([]string, 0, len(t))
	for known := range t {
		names = append(names, known)
	}
	return Table{}, UnknownTable(name, names)
}

// Get answers a TableGet.
func (t Tables) Get(request *contract.TableGetRequest) (*contract.TableGetResponse, error) {
	table, err := t.Find(request.Table)
	if err != nil {
		return nil, err
	}
	found, err := table.Select(request)
	return found.Answer(), err
}

// Create answers a TableCreate. The first one of a name makes the table.
func (t Tables) Create(request *contract.TableCreateRequest) (*contract.TableCreateResponse, error) {
	table, answer, err := t[request.Table].Create(request)
	return answer, t.keep(request, table, err)
}

// Update answers a TableUpdate.
func (t Tables) Update(request *contract.TableUpdateRequest) (*contract.TableUpdateResponse, error) {
	table, err := t.Find(request.Table)
	if err != nil {
		return nil, err
	}
	table, answer, err := table.Update(request)
	return answer, t.keep(request, table, err)
}

// Delete answers a TableDelete.
func (t Tables) Delete(request *contract.TableDeleteRequest) (*contract.TableDeleteResponse, error) {
	table, err := t.Find(request.Table)
	if err != nil {
		return nil, err
	}
	table, answer, err := table.Delete(request)
	return answer, t.keep(request, table, err)
}

// Schema describes the tables, as GetSchema answers it.
func (t Tables) Schema() (*contract.GetSchemaResponse, error) {
	schema := Schema{Tables: map[string]TableSchema{}}
	for name, table := range t {
		schema.Tables[name] = table.Schema()
	}
	return schema.Answer()
}

func (t Tables) keep(request Write, table Table, err error) error {
	if err == nil && !KeepsNothing(request) {
		t[request.GetTable()] = table
	}
	return err
}
