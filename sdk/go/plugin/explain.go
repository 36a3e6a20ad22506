package plugin

import (
	"encoding/json"
	"errors"

	"easyrest"
	"easyrest/contract"
)

// explain finds out what an error of a plugin means: its text says so to people only. When the plugin's own schema does not
// know the table, or one of the columns, that was it.
func (a *dbAdapter) explain(err error, ctx map[string]any, table string, columns []string) error {
	var known *easyrest.Error
	if err = failure(err); errors.As(err, &known) {
		return err
	}
	tables, schemaErr := a.tables(ctx)
	if schemaErr != nil {
		return err
	}
	found, ok := tables[table]
	if !ok {
		easyrest.Log.Info("taken for an unknown table: " + err.Error())
		return easyrest.UnknownTable(table, namesIn(tables))
	}
	if unknown := easyrest.CheckColumns(columns, namesIn(found.Properties)); unknown != nil {
		easyrest.Log.Info("taken for an unknown column: " + err.Error())
		return unknown
	}
	return err
}

type describedTable struct {
	Properties map[string]json.RawMessage `json:"properties"`
}

func (a *dbAdapter) tables(ctx map[string]any) (map[string]describedTable, error) {
	schema, err := a.db.GetSchema(ctx)
	if err != nil {
		return nil, err
	}
	printed, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	var described struct{ Tables, Views map[string]describedTable }
	if err := json.Unmarshal(printed, &described); err != nil {
		return nil, err
	}
	all := map[string]describedTable{}
	for name, table := range described.Tables {
		all[name] = table
	}
	for name, view := range described.Views {
		all[name] = view
	}
	return all, nil
}

func namesIn[Value any](members map[string]Value) []string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	return names
}

// An alias may stand in the ordering.
func columnsOfGet(request *contract.TableGetRequest) []string {
	columns := columnsOfWhere(request.Where)
	alias := map[string]bool{}
	for _, member := range request.Select {
		alias[member.Alias] = true
		if column := member.GetColumn() + member.GetAggregate().GetColumn(); column != "" {
			columns = append(columns, column)
		}
	}
	for _, term := range request.Ordering {
		if !alias[term.Column] {
			columns = append(columns, term.Column)
		}
	}
	return columns
}

func columnsOfWhere(where *contract.Predicate) []string {
	switch kind := where.GetKind().(type) {
	case *contract.Predicate_Comparison:
		return []string{kind.Comparison.Column}
	case *contract.Predicate_And:
		return columnsOfAll(kind.And.Items)
	case *contract.Predicate_Or:
		return columnsOfAll(kind.Or.Items)
	case *contract.Predicate_Not:
		return columnsOfWhere(kind.Not)
	default:
		return nil
	}
}

func columnsOfAll(items []*contract.Predicate) []string {
	var columns []string
	for _, item := range items {
		columns = append(columns, columnsOfWhere(item)...)
	}
	return columns
}

func namesOf(objects []easyrest.Object) []string {
	var names []string
	for _, object := range objects {
		names = append(names, object.Names()...)
	}
	return names
}
