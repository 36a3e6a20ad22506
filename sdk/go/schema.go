package easyrest

import (
	"encoding/json"

	"easyrest/contract"
)

// Schema describes a connection, as GetSchema answers it.
type Schema struct {
	Tables map[string]TableSchema `json:"tables"`
	Views  map[string]TableSchema `json:"views"`
	// RPC: the schemas of the argument and of the result of each function.
	RPC map[string][2]any `json:"rpc"`
}

// TableSchema describes a table or view.
type TableSchema struct {
	Columns    map[string]ColumnSchema
	Required   []string
	PrimaryKey []string
}

// ColumnSchema describes a column.
type ColumnSchema struct {
	Type     string `json:"type"` // integer, number, string, boolean, array or object
	Format   string `json:"format,omitempty"`
	Nullable bool   `json:"x-nullable,omitempty"`
	ReadOnly bool   `json:"readOnly,omitempty"`
}

// MarshalJSON writes a table in the form of GetSchemaResponse.
func (t TableSchema) MarshalJSON() ([]byte, error) {
	columns := t.Columns
	if columns == nil {
		columns = map[string]ColumnSchema{}
	}
	return json.Marshal(struct {
		Type       string                  `json:"type"`
		Properties map[string]ColumnSchema `json:"properties"`
		Required   []string                `json:"required,omitempty"`
		PrimaryKey []string                `json:"x-primary-key,omitempty"`
	}{"object", columns, t.Required, t.PrimaryKey})
}

// Answer is the schema as GetSchema answers it.
func (s Schema) Answer() (*contract.GetSchemaResponse, error) {
	whole := Schema{Tables: s.Tables, Views: s.Views, RPC: s.RPC}
	if whole.Tables == nil {
		whole.Tables = map[string]TableSchema{}
	}
	if whole.Views == nil {
		whole.Views = map[string]TableSchema{}
	}
	if whole.RPC == nil {
		whole.RPC = map[string][2]any{}
	}
	printed, err := json.Marshal(whole)
	return &contract.GetSchemaResponse{Schema: printed}, err
}
