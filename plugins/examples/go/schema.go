package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"easyrest"
)

// schema says what the rows of a table must be: <table>.schema.json beside its file. nil: anything.
type schema struct {
	Columns    []schemaColumn `json:"columns"`
	PrimaryKey []string       `json:"primaryKey"`
}

type schemaColumn struct {
	Name     string `json:"name"`
	Type     string `json:"type"` // string, integer, number, boolean or json
	Required bool   `json:"required"`
}

func schemaPath(path string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + ".schema.json"
}

func readSchema(path string) (*schema, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	read := &schema{}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(read); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	if err := read.checkItself(); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return read, nil
}

func (s *schema) checkItself() error {
	if len(s.Columns) == 0 {
		return errors.New(`expected "columns"`)
	}
	for _, column := range s.Columns {
		if column.Name == "" || valueChecks[column.Type] == nil {
			return fmt.Errorf("expected a column with a name and one of the types string, integer, number, boolean, json; got %+v", column)
		}
	}
	return easyrest.CheckColumns(s.PrimaryKey, s.names())
}

func (s *schema) names() []string {
	names := make([]string, len(s.Columns))
	for index, column := range s.Columns {
		names[index] = column.Name
	}
	return names
}

// isText: a cell of a CSV file in this column is text, whatever it looks like.
func (s *schema) isText(column string) bool {
	if s == nil {
		return false
	}
	for _, known := range s.Columns {
		if known.Name == column {
			return known.Type == "string"
		}
	}
	return false
}

// arrange puts the columns of a file into the order of the schema; one that the file lacks is NULL.
func (s *schema) arrange(table easyrest.Table) (easyrest.Table, error) {
	names := s.names()
	if err := easyrest.CheckColumns(table.Columns, names); err != nil {
		return table, fmt.Errorf("a column that the schema does not name: %w", err)
	}
	places := make([]int, len(names))
	for index, name := range names {
		places[index] = -1
		for place, column := range table.Columns {
			if column == name {
				places[index] = place
			}
		}
	}
	rows := make([]easyrest.Row, len(table.Rows))
	for index, row := range table.Rows {
		rows[index] = make(easyrest.Row, len(names))
		for position, place := range places {
			if place >= 0 {
				rows[index][position] = row[place]
			}
		}
	}
	return easyrest.Table{Columns: names, Key: s.PrimaryKey, Rows: rows}, nil
}

var wholeNumber = regexp.MustCompile(`^-?[0-9]+$`)

var valueChecks = map[string]func(easyrest.Value) bool{
	"string": func(value easyrest.Value) bool { return value.Kind == easyrest.Text },
	"integer": func(value easyrest.Value) bool {
		return value.Kind == easyrest.Number && wholeNumber.MatchString(value.Text)
	},
	"number":  func(value easyrest.Value) bool { return value.Kind == easyrest.Number },
	"boolean": func(value easyrest.Value) bool { return value.Kind == easyrest.Bool },
	"json":    func(easyrest.Value) bool { return true },
}

// check says whether all rows are what the schema wants.
func (s *schema) check(table easyrest.Table) error {
	if s == nil {
		return nil
	}
	for _, row := range table.Rows {
		for index, column := range s.Columns {
			value := row[index]
			if value.IsNull() && column.Required {
				return easyrest.Errorf(easyrest.ReasonNotNull, "column %s must have a value", column.Name).With("column", column.Name)
			}
			if !value.IsNull() && !valueChecks[column.Type](value) {
				return wrongValue(column, value.String())
			}
		}
	}
	return nil
}

func wrongValue(column schemaColumn, text string) error {
	return easyrest.Errorf(easyrest.ReasonBadValue, "column %s: expected a value of the type %s, got %q",
		column.Name, column.Type, text).With("column", column.Name)
}

// describe is the table as GetSchema answers it.
func (s *schema) describe(table easyrest.Table) easyrest.TableSchema {
	described := table.Schema()
	if s == nil {
		return described
	}
	described.Required = nil
	for _, column := range s.Columns {
		required := column.Required || contains(s.PrimaryKey, column.Name)
		described.Columns[column.Name] = easyrest.ColumnSchema{Type: schemaTypes[column.Type], Nullable: !required}
		if required {
			described.Required = append(described.Required, column.Name)
		}
	}
	return described
}

var schemaTypes = map[string]string{
	"string": "string", "integer": "integer", "number": "number", "boolean": "boolean", "json": "object",
}

func contains(names []string, name string) bool {
	for _, known := range names {
		if known == name {
			return true
		}
	}
	return false
}
