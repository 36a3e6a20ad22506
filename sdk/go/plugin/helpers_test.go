package plugin

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"

	"easyrest"
	"easyrest/contract"
)

func TestBuildWhereClause(t *testing.T) {
	for _, example := range []struct {
		where     map[string]any
		sql       string
		arguments []any
	}{
		{nil, "", nil},
		{map[string]any{"a": map[string]any{"=": "42"}}, " WHERE a = ?", []any{"42"}},
		{map[string]any{"a": map[string]any{"eq": 42}}, " WHERE a = ?", []any{42}},
		{map[string]any{"status": "active"}, " WHERE status = ?", []any{"active"}},
		{map[string]any{"NOT age": map[string]any{">": "18"}}, " WHERE NOT (age > ?)", []any{"18"}},
		{map[string]any{"id": map[string]any{"IN": " 1, 2"}}, " WHERE id IN (?,?)", []any{"1", "2"}},
		{map[string]any{"id": map[string]any{"in": []any{1, 2}}}, " WHERE id IN (?,?)", []any{1, 2}},
		{map[string]any{"id": map[string]any{"in": []int64{1, 2}}}, " WHERE id IN (?,?)", []any{int64(1), int64(2)}},
		{map[string]any{"id": map[string]any{"in": []byte("ab")}}, " WHERE id IN (?)", []any{[]byte("ab")}},
		{map[string]any{"id": map[string]any{"in": nil}}, " WHERE id IN (?)", []any{nil}},
		{map[string]any{"id": map[string]any{"IN": ""}}, " WHERE id IN (NULL)", nil},
		{map[string]any{"NOT id": map[string]any{"IN": ""}}, " WHERE NOT (id IN (NULL))", nil},
		{map[string]any{"a": map[string]any{"IS": "null"}}, " WHERE a IS NULL", nil},
		{map[string]any{"LOWER(a)": map[string]any{"LIKE": "x%"}}, " WHERE LOWER(a) LIKE ?", []any{"x%"}},
		{map[string]any{"a COLLATE NOCASE": map[string]any{"LIKE": "x%"}}, " WHERE a COLLATE NOCASE LIKE ?", []any{"x%"}},
		{
			map[string]any{"b": "1", "a": map[string]any{"<": "3", ">": "2"}, "NOT a": map[string]any{"=": "5"}},
			" WHERE a < ? AND a > ? AND NOT (a = ?) AND b = ?", []any{"3", "2", "5", "1"},
		},
	} {
		sql, arguments, err := BuildWhereClause(example.where)
		if err != nil || sql != example.sql || !reflect.DeepEqual(arguments, example.arguments) {
			t.Errorf("%v: expected %q %v, got %q %v (%v)", example.where, example.sql, example.arguments, sql, arguments, err)
		}
	}
}

func TestBuildWhereClauseRefusesWhatIsNoFieldAndNoOperator(t *testing.T) {
	for _, where := range []map[string]any{
		{"a; DROP TABLE b": "1"}, {"a b": "1"}, {"": "1"}, {"NOT NOT a": "1"}, {"LOWER(a": "1"},
		{"a": map[string]any{"= 1; --": "1"}}, {"a": map[string]any{"--": "1"}}, {"a": map[string]any{"unknown": "1"}},
	} {
		if sql, _, err := BuildWhereClauseSorted(where); err == nil {
			t.Errorf("%v: expected a refusal, got %q", where, sql)
		}
	}
}

func TestFormatToContext(t *testing.T) {
	flat, err := FormatToContext(map[string]any{
		"Claims": map[string]any{"https://x.y/Roles-All": []any{"a", 1.5, true}, "evil": "1; DROP", "dash": "a--b"},
		"n":      nil, "big": 1e6,
	})
	expected := map[string]string{
		"claims_https://x_y/roles_all_0": "a", "claims_https://x_y/roles_all_1": "1.5",
		"claims_https://x_y/roles_all_2": "true", "n": "<nil>", "big": "1000000",
	}
	if err != nil || !reflect.DeepEqual(flat, expected) {
		t.Errorf("expected %v, got %v (%v)", expected, flat, err)
	}
}

func TestGetTxPreference(t *testing.T) {
	for _, example := range []struct {
		ctx  map[string]any
		tx   string
		fail bool
	}{
		{nil, "commit", false}, {map[string]any{"prefer": map[string]any{}}, "commit", false},
		{map[string]any{"prefer": map[string]any{"tx": ""}}, "commit", false},
		{map[string]any{"prefer": map[string]any{"tx": "rollback"}}, "rollback", false},
		{map[string]any{"prefer": map[string]any{"tx": "Rollback"}}, "", true},
		{map[string]any{"prefer": map[string]any{"tx": 1}}, "", true}, {map[string]any{"prefer": "tx=commit"}, "", true},
	} {
		if tx, err := GetTxPreference(example.ctx); tx != example.tx || (err != nil) != example.fail {
			t.Errorf("%v: got %q (%v)", example.ctx, tx, err)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	for name, valid := range map[string]bool{"a": true, "_A1": true, "": false, "1a": false, "a-b": false, "é": false, "a\n": false} {
		if IsValidIdentifier(name) != valid || (ValidateColumnName(name) == nil) != valid {
			t.Errorf("%q: expected %t", name, valid)
		}
	}
}

func TestNumbersAreFloatsWhereThatIsExact(t *testing.T) {
	for text, expected := range map[string]any{
		"42": 42.0, "-5": -5.0, "0.1": 0.1, "1.50": 1.5, "1e300": 1e300, "9007199254740993": int64(9007199254740993),
		"9007199254740992": int64(9007199254740992), "18446744073709551616": json.Number("18446744073709551616"),
		"0.1000000000000000000001": json.Number("0.1000000000000000000001"), "1e400": json.Number("1e400"),
	} {
		if value := plainNumber(text); value != expected {
			t.Errorf("%s: expected %T %v, got %T %v", text, expected, expected, value, value)
		}
	}
}

func TestContextKeepsTheDigitsOfClaims(t *testing.T) {
	ctx, err := contextMap(&contract.RequestContext{Ctx: []byte(`{"claims":{"sub":9007199254740993,"exp":1700000000,"a":[1.5]}}`)})
	expected := map[string]any{"sub": int64(9007199254740993), "exp": 1700000000.0, "a": []any{1.5}}
	if err != nil || !reflect.DeepEqual(ctx["claims"], expected) {
		t.Errorf("expected %v, got %v (%v)", expected, ctx["claims"], err)
	}
	if flat, err := FormatToContext(ctx); err != nil || flat["claims_sub"] != "9007199254740993" {
		t.Errorf("expected every digit of claims_sub, got %v (%v)", flat, err)
	}
}

// both is a plugin of the original that serves "db" and "query" with one object, as the original's own do.
type both struct {
	DBPlugin
	DBQueryPlugin
	connected int
}

func (b *both) InitConnection(string) error {
	b.connected++
	return nil
}

func TestObjectThatServesTablesAndStatementsIsConnectedOnce(t *testing.T) {
	one, other := &both{}, &both{}
	for _, adapter := range []*queryAdapter{{dbAdapter{one}, one}, {dbAdapter{one}, other}, {dbAdapter{nil}, other}} {
		if _, err := adapter.InitConnection(context.Background(), easyrest.Connection{URI: "x://"}); err != nil {
			t.Fatal(err)
		}
	}
	if one.connected != 2 || other.connected != 2 {
		t.Errorf("expected two connections of each, got %d and %d", one.connected, other.connected)
	}
}

func comparisonOf(column string, operator contract.Operator, operands ...string) *contract.Predicate {
	return &contract.Predicate{Kind: &contract.Predicate_Comparison{
		Comparison: &contract.Comparison{Column: column, Operator: operator, Operands: operands},
	}}
}

func all(items ...*contract.Predicate) *contract.Predicate {
	return &contract.Predicate{Kind: &contract.Predicate_And{And: &contract.PredicateList{Items: items}}}
}

func not(item *contract.Predicate) *contract.Predicate {
	return &contract.Predicate{Kind: &contract.Predicate_Not{Not: item}}
}

func either(items ...*contract.Predicate) *contract.Predicate {
	return &contract.Predicate{Kind: &contract.Predicate_Or{Or: &contract.PredicateList{Items: items}}}
}

func TestConditionsInTheFormOfTheOriginal(t *testing.T) {
	one := comparisonOf("a", contract.Operator_OPERATOR_EQ, "1")
	two := comparisonOf("b", contract.Operator_OPERATOR_LIKE, "x%")
	for _, example := range []struct {
		where    *contract.Predicate
		expected map[string]any
	}{
		{nil, map[string]any{}},
		{all(one, not(two)), map[string]any{"a": map[string]any{"=": "1"}, "NOT b": map[string]any{"LIKE": "x%"}}},
		{not(either(one, two)), map[string]any{"NOT a": map[string]any{"=": "1"}, "NOT b": map[string]any{"LIKE": "x%"}}},
		{not(not(one)), map[string]any{"a": map[string]any{"=": "1"}}},
		{comparisonOf("a", contract.Operator_OPERATOR_BETWEEN, "1", "2"), map[string]any{"a": map[string]any{">=": "1", "<=": "2"}}},
		{comparisonOf("a", contract.Operator_OPERATOR_IN, "x", "y"), map[string]any{"a": map[string]any{"IN": "x,y"}}},
		{comparisonOf("a", contract.Operator_OPERATOR_IN), map[string]any{"a": map[string]any{"IN": ""}}},
		{not(comparisonOf("a", contract.Operator_OPERATOR_IN)), map[string]any{}},
		{comparisonOf("a", contract.Operator_OPERATOR_IS, "not_null"), map[string]any{"NOT a": map[string]any{"IS": "null"}}},
	} {
		if where, err := whereMap(example.where); err != nil || !reflect.DeepEqual(where, example.expected) {
			t.Errorf("%v: expected %v, got %v (%v)", example.where, example.expected, where, err)
		}
	}
	for _, where := range []*contract.Predicate{
		either(one, two), not(all(one, two)), all(one, comparisonOf("a", contract.Operator_OPERATOR_EQ, "2")),
		comparisonOf("a", contract.Operator_OPERATOR_IN, "x,y"), comparisonOf("a", contract.Operator_OPERATOR_ISDISTINCT, "1"),
		not(comparisonOf("a", contract.Operator_OPERATOR_BETWEEN, "1", "2")),
	} {
		_, err := whereMap(where)
		if failure, ok := err.(*easyrest.Error); !ok || failure.Reason != easyrest.ReasonUnsupported {
			t.Errorf("%v: expected unsupported, got %v", where, err)
		}
	}
}

func TestSelectInTheFormOfTheOriginal(t *testing.T) {
	count := &contract.Aggregate{Function: contract.AggregateFunction_AGGREGATE_FUNCTION_COUNT}
	sum := &contract.Aggregate{Function: contract.AggregateFunction_AGGREGATE_FUNCTION_SUM, Column: "a", Distinct: true}
	fields, err := selectFields([]*contract.Projection{
		{Alias: "id", Source: &contract.Projection_Column{Column: "id"}},
		{Alias: "n", Source: &contract.Projection_Column{Column: "name"}},
		{Alias: "count", Source: &contract.Projection_Aggregate{Aggregate: count}},
		{Alias: "t", Source: &contract.Projection_Aggregate{Aggregate: sum}},
		{Alias: "x", Source: &contract.Projection_Value{Value: "O'Brien"}},
	})
	expected := []string{"id", "name AS n", "COUNT(*) AS count", "SUM(DISTINCT a) AS t", "'O''Brien' AS x"}
	if err != nil || !reflect.DeepEqual(fields, expected) {
		t.Errorf("expected %v, got %v (%v)", expected, fields, err)
	}
}
