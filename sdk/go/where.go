package easyrest

import (
	"strings"

	"easyrest/contract"
)

// Condition tells whether a row meets a condition.
type Condition func(row Row) (bool, error)

// Where compiles the condition of a request for rows with these columns; every operator, and SQL's three-valued logic: a
// comparison with NULL is unknown, and so is its negation. No condition is met by every row. Failures are
// ReasonUnknownColumn, and ReasonBadValue where a number is compared with something else.
func Where(columns []string, where *contract.Predicate) (Condition, error) {
	if where == nil {
		return func(Row) (bool, error) { return true, nil }, nil
	}
	evaluate, err := compile(columns, where)
	if err != nil {
		return nil, err
	}
	return func(row Row) (bool, error) {
		found, err := evaluate(row)
		return found == yes, err
	}, nil
}

// truth is ordered: `and` is the least of its items, `or` the greatest.
type truth int8

const (
	no      truth = -1
	unknown truth = 0
	yes     truth = 1
)

type evaluation func(row Row) (truth, error)

func compile(columns []string, where *contract.Predicate) (evaluation, error) {
	switch kind := where.GetKind().(type) {
	case *contract.Predicate_Comparison:
		return compileComparison(columns, kind.Comparison)
	case *contract.Predicate_And:
		return compileList(columns, kind.And.Items, no)
	case *contract.Predicate_Or:
		return compileList(columns, kind.Or.Items, yes)
	case *contract.Predicate_Not:
		item, err := compile(columns, kind.Not)
		return func(row Row) (truth, error) {
			found, err := item(row)
			return -found, err
		}, err
	default:
		return nil, Errorf(ReasonUnsupported, "this plugin does not know a condition of this request")
	}
}

// An item that is `decisive` ends the list: no for `and`, yes for `or`.
func compileList(columns []string, items []*contract.Predicate, decisive truth) (evaluation, error) {
	compiled := make([]evaluation, len(items))
	for index, item := range items {
		var err error
		if compiled[index], err = compile(columns, item); err != nil {
			return nil, err
		}
	}
	return func(row Row) (truth, error) {
		result := -decisive
		for _, item := range compiled {
			found, err := item(row)
			if err != nil || found == decisive {
				return found, err
			}
			if found == unknown {
				result = unknown
			}
		}
		return result, nil
	}, nil
}

func compileComparison(columns []string, comparison *contract.Comparison) (evaluation, error) {
	index := indexOf(columns, comparison.Column)
	if index < 0 {
		return nil, UnknownColumn(comparison.Column, columns)
	}
	if isNumbered(comparison.Operator) && len(comparison.Operands) != operandCount(comparison.Operator) {
		return nil, Errorf(ReasonBadValue, "expected %d operands of %s, got %d",
			operandCount(comparison.Operator), comparison.Operator, len(comparison.Operands))
	}
	holds := comparisonTest(comparison)
	if holds == nil {
		return nil, Errorf(ReasonUnsupported, "this plugin does not know the operator %s", comparison.Operator)
	}
	return func(row Row) (truth, error) {
		value := row[index]
		if value.IsNull() && !knowsNull(comparison.Operator) {
			if comparison.Operator == contract.Operator_OPERATOR_IN && len(comparison.Operands) == 0 {
				return no, nil
			}
			return unknown, nil
		}
		found, err := holds(value)
		if found {
			return yes, err
		}
		return no, err
	}, nil
}

func isNumbered(operator contract.Operator) bool { return operator != contract.Operator_OPERATOR_IN }

func operandCount(operator contract.Operator) int {
	if operator == contract.Operator_OPERATOR_BETWEEN {
		return 2
	}
	return 1
}

func knowsNull(operator contract.Operator) bool {
	return operator == contract.Operator_OPERATOR_IS || operator == contract.Operator_OPERATOR_ISDISTINCT
}

func comparisonTest(comparison *contract.Comparison) func(Value) (bool, error) {
	column, operands := comparison.Column, comparison.Operands
	ordered := func(holds func(order int) bool) func(Value) (bool, error) {
		return func(value Value) (bool, error) {
			order, err := compareOperand(value, operands[0], column)
			return err == nil && holds(order), err
		}
	}
	differs := ordered(func(order int) bool { return order != 0 })
	switch comparison.Operator {
	case contract.Operator_OPERATOR_EQ:
		return ordered(func(order int) bool { return order == 0 })
	case contract.Operator_OPERATOR_NEQ:
		return differs
	case contract.Operator_OPERATOR_LT:
		return ordered(func(order int) bool { return order < 0 })
	case contract.Operator_OPERATOR_LTE:
		return ordered(func(order int) bool { return order <= 0 })
	case contract.Operator_OPERATOR_GT:
		return ordered(func(order int) bool { return order > 0 })
	case contract.Operator_OPERATOR_GTE:
		return ordered(func(order int) bool { return order >= 0 })
	case contract.Operator_OPERATOR_ISDISTINCT:
		return func(value Value) (bool, error) {
			if value.IsNull() {
				return true, nil
			}
			return differs(value)
		}
	case contract.Operator_OPERATOR_LIKE:
		return func(value Value) (bool, error) { return like(value.Text, operands[0]), nil }
	case contract.Operator_OPERATOR_ILIKE:
		pattern := strings.ToLower(operands[0])
		return func(value Value) (bool, error) { return like(strings.ToLower(value.Text), pattern), nil }
	case contract.Operator_OPERATOR_IN:
		return func(value Value) (bool, error) { return isAmong(value, operands, column) }
	case contract.Operator_OPERATOR_BETWEEN:
		return func(value Value) (bool, error) { return isBetween(value, operands[0], operands[1], column) }
	case contract.Operator_OPERATOR_IS:
		return func(value Value) (bool, error) { return isState(value, operands[0]), nil }
	default:
		return nil
	}
}

func isAmong(value Value, operands []string, column string) (bool, error) {
	for _, operand := range operands {
		if order, err := compareOperand(value, operand, column); err != nil || order == 0 {
			return err == nil, err
		}
	}
	return false, nil
}

func isBetween(value Value, low, high, column string) (bool, error) {
	fromLow, lowErr := compareOperand(value, low, column)
	fromHigh, highErr := compareOperand(value, high, column)
	return fromLow >= 0 && fromHigh <= 0, first(lowErr, highErr)
}

func isState(value Value, state string) bool {
	switch state {
	case "not_null":
		return !value.IsNull()
	case "null", "unknown":
		return value.IsNull()
	default:
		return value.Kind == Bool && value.Text == state
	}
}

// like goes back to the last % only, so that no pattern takes more than text times pattern steps.
func like(text, pattern string) bool {
	characters, wanted := []rune(text), []rune(pattern)
	at, position, afterPercent, retryAt := 0, 0, -1, 0
	for at < len(characters) {
		switch {
		case position < len(wanted) && wanted[position] == '%':
			position++
			afterPercent, retryAt = position, at
		case position < len(wanted) && (wanted[position] == '_' || wanted[position] == characters[at]):
			at, position = at+1, position+1
		case afterPercent < 0:
			return false
		default:
			retryAt++
			at, position = retryAt, afterPercent
		}
	}
	return strings.Trim(string(wanted[position:]), "%") == ""
}
