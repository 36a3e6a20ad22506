package easyrest

import (
	"strconv"
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

func TestAmongComparesAsEqualDoes(t *testing.T) {
	numbers := []string{"1", "1.50", "-0", "1e2", "0.1", "9007199254740993", "18446744073709551616", "1e999999999"}
	values := []string{"1", "1.0", "1.5", "15e-1", "0", "0.0", "100", "0.1000000000000000000001", "1e-1", "9007199254740992",
		"9007199254740993.0", "18446744073709551616", "18446744073709551617", "1e999", "-1e999"}
	for _, value := range values {
		for _, number := range numbers {
			equal := met(t, comparison("n", contract.Operator_OPERATOR_EQ, number), NumberValue(value))
			among := met(t, comparison("n", contract.Operator_OPERATOR_IN, "7", number, "8"), NumberValue(value))
			if equal != among {
				t.Errorf("%s is equal to %s: %t, and among others: %t", value, number, equal, among)
			}
		}
	}
	if !met(t, comparison("n", contract.Operator_OPERATOR_IN, "a", "1"), TextValue("1")) {
		t.Error("expected a text to be found")
	}
	if met(t, comparison("n", contract.Operator_OPERATOR_IN, "1"), TextValue("1.0")) {
		t.Error("expected texts to be compared as texts")
	}
}

func TestAmongNumbersRefusesWhatIsNone(t *testing.T) {
	condition, err := Where([]string{"n"}, comparison("n", contract.Operator_OPERATOR_IN, "1", "x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := condition(Row{NumberValue("2")}); err == nil {
		t.Error("expected a refusal")
	}
}

func TestAmongManyCostsARowNoMoreThanAmongFew(t *testing.T) {
	allocations := func(count int) float64 {
		operands := make([]string, count)
		for index := range operands {
			operands[index] = strconv.Itoa(index) + ".5"
		}
		condition, err := Where([]string{"n"}, comparison("n", contract.Operator_OPERATOR_IN, operands...))
		if err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(10, func() { _, _ = condition(Row{NumberValue("-0.5")}) })
	}
	if few, many := allocations(10), allocations(10_000); many > 2*few {
		t.Errorf("a row takes %.0f allocations among 10 operands, and %.0f among 10,000", few, many)
	}
}

func met(t *testing.T, where *contract.Predicate, value Value) bool {
	t.Helper()
	condition, err := Where([]string{"n"}, where)
	if err != nil {
		t.Fatal(err)
	}
	found, err := condition(Row{value})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
