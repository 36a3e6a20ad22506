package easyrest

import (
	"testing"

	"easyrest/contract"
)

func aggregate(alias string, function contract.AggregateFunction, column string) *contract.Projection {
	source := &contract.Projection_Aggregate{Aggregate: &contract.Aggregate{Function: function, Column: column}}
	return &contract.Projection{Alias: alias, Source: source}
}

func column(alias, name string) *contract.Projection {
	return &contract.Projection{Alias: alias, Source: &contract.Projection_Column{Column: name}}
}

func TestGroupsAndDistinctRows(t *testing.T) {
	table := Table{Columns: []string{"town", "n"}, Rows: []Row{
		{TextValue("b"), NumberValue("1.10")},
		{TextValue("a"), NumberValue("9007199254740993")},
		{TextValue("b"), NumberValue("0.2")},
		{{}, {}},
		{TextValue("a"), NumberValue("1")},
		{TextValue("b"), NumberValue("0.2")},
	}}
	count := aggregate("count", contract.AggregateFunction_AGGREGATE_FUNCTION_COUNT, "")
	total := aggregate("total", contract.AggregateFunction_AGGREGATE_FUNCTION_SUM, "n")
	mean := aggregate("mean", contract.AggregateFunction_AGGREGATE_FUNCTION_AVG, "n")
	least := aggregate("least", contract.AggregateFunction_AGGREGATE_FUNCTION_MIN, "n")
	for name, example := range map[string]struct {
		request  *contract.TableGetRequest
		expected string
	}{
		"groups": {
			&contract.TableGetRequest{
				Select: []*contract.Projection{column("t", "town"), count, total}, Grouping: []string{"town"},
				Ordering: []*contract.OrderTerm{{Column: "town", Direction: contract.Direction_DIRECTION_DESC}},
			},
			`[{"t":null,"count":1,"total":null},{"t":"b","count":3,"total":1.50},{"t":"a","count":2,"total":9007199254740994}]`,
		},
		"having and a page": {
			&contract.TableGetRequest{
				Select: []*contract.Projection{column("town", "town"), count}, Grouping: []string{"town"},
				Having:   comparison("count", contract.Operator_OPERATOR_GT, "1"),
				Ordering: []*contract.OrderTerm{{Column: "count"}}, Page: &contract.Page{Offset: 1},
			},
			`[{"town":"b","count":3}]`,
		},
		"all rows": {
			&contract.TableGetRequest{Select: []*contract.Projection{count, mean, least}, Where: comparison("town", contract.Operator_OPERATOR_EQ, "b")},
			`[{"count":3,"mean":0.5,"least":0.2}]`,
		},
		"no rows": {
			&contract.TableGetRequest{Select: []*contract.Projection{count, total}, Where: comparison("town", contract.Operator_OPERATOR_EQ, "c")},
			`[{"count":0,"total":null}]`,
		},
		"distinct": {
			&contract.TableGetRequest{
				Select: []*contract.Projection{column("t", "town")}, Distinct: true,
				Ordering: []*contract.OrderTerm{{Column: "town"}},
			},
			`[{"t":"a"},{"t":"b"},{"t":null}]`,
		},
	} {
		found, err := table.Select(example.request)
		if err != nil || string(found.Answer().Rows) != example.expected {
			t.Errorf("%s: expected %s, got %s (%v)", name, example.expected, found.Answer().GetRows(), err)
		}
	}
	texts := aggregate("total", contract.AggregateFunction_AGGREGATE_FUNCTION_SUM, "town")
	if _, err := table.Select(&contract.TableGetRequest{Select: []*contract.Projection{texts}}); err == nil {
		t.Error("expected no sum of texts")
	}
}
