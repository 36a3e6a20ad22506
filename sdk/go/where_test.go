package easyrest

import (
	"strings"
	"testing"
	"time"

	"easyrest/contract"
)

func comparison(column string, operator contract.Operator, operands ...string) *contract.Predicate {
	return &contract.Predicate{Kind: &contract.Predicate_Comparison{
		Comparison: &contract.Comparison{Column: column, Operator: operator, Operands: operands},
	}}
}

func TestNumbersAreComparedExactly(t *testing.T) {
	for _, example := range []struct {
		value, operand string
		operator       contract.Operator
		found          bool
	}{
		{"9007199254740993", "9007199254740992", contract.Operator_OPERATOR_EQ, false},
		{"1.50", "1.5", contract.Operator_OPERATOR_EQ, true},
		{"0.1000000000000000000001", "0.1", contract.Operator_OPERATOR_GT, true},
		{"1e999999999", "1", contract.Operator_OPERATOR_GT, true},
		{"-1e999999999", "1", contract.Operator_OPERATOR_LT, true},
		{"18446744073709551616", "18446744073709551615", contract.Operator_OPERATOR_GT, true},
	} {
		condition, err := Where([]string{"n"}, comparison("n", example.operator, example.operand))
		if err != nil {
			t.Fatal(err)
		}
		found, err := condition(Row{NumberValue(example.value)})
		if err != nil || found != example.found {
			t.Errorf("%+v: got %t (%v)", example, found, err)
		}
	}
}

func TestPatternThatBacktracksEndsSoon(t *testing.T) {
	start := time.Now()
	if like(strings.Repeat("a", 5000), strings.Repeat("%a", 500)+"b") {
		t.Error("expected no match")
	}
	if spent := time.Since(start); spent > 5*time.Second {
		t.Errorf("expected a pattern to take text times pattern steps, it took %s", spent)
	}
}

func TestConditionThatIsWrongIsRefusedAlsoWithoutRows(t *testing.T) {
	for name, where := range map[string]*contract.Predicate{
		"an unknown column":    comparison("m", contract.Operator_OPERATOR_EQ, "1"),
		"an unknown operator":  comparison("n", 99, "1"),
		"no operand":           comparison("n", contract.Operator_OPERATOR_EQ),
		"between one and what": comparison("n", contract.Operator_OPERATOR_BETWEEN, "1"),
		"no kind":              {},
	} {
		if _, err := Where([]string{"n"}, where); err == nil {
			t.Errorf("%s: expected a refusal", name)
		}
	}
}
