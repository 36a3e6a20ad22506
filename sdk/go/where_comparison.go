package easyrest

import (
	"strings"

	"easyrest/contract"
)

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
		return compileAmong(operands, column)
	case contract.Operator_OPERATOR_BETWEEN:
		return func(value Value) (bool, error) { return isBetween(value, operands[0], operands[1], column) }
	case contract.Operator_OPERATOR_IS:
		return func(value Value) (bool, error) { return isState(value, operands[0]), nil }
	default:
		return nil
	}
}

// compileAmong reads the operands once: rows times operands are soon more comparisons than a processor makes in a minute.
func compileAmong(operands []string, column string) func(Value) (bool, error) {
	texts, numbers := make(map[string]bool, len(operands)), make(map[string]bool, len(operands))
	var noNumber error
	for _, operand := range operands {
		texts[operand] = true
		if noNumber == nil {
			noNumber = requireNumber(operand, column)
		}
		if noNumber == nil {
			numbers[numberKey(operand)] = true
		}
	}
	return func(value Value) (bool, error) {
		switch {
		case value.Kind != Number:
			return texts[value.Text], nil
		case numbers[numberKey(value.Text)]:
			return true, nil
		default:
			return false, noNumber
		}
	}
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
