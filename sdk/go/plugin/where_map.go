package plugin

import (
	"strings"

	"easyrest"
	"easyrest/contract"
)

// whereMap is a condition as plugins of the original get it: all of it must hold, one operand for each operator and column.
// Fails with `unsupported` for what has no such form.
func whereMap(where *contract.Predicate) (map[string]any, error) {
	conditions := whereBuilder{}
	if err := conditions.add(where, false); err != nil {
		return nil, err
	}
	return conditions, nil
}

type whereBuilder map[string]any

func (b whereBuilder) add(where *contract.Predicate, negated bool) error {
	switch kind := where.GetKind().(type) {
	case nil:
		return nil
	case *contract.Predicate_Comparison:
		return b.addComparison(kind.Comparison, negated)
	case *contract.Predicate_And:
		if negated && len(kind.And.Items) != 1 {
			return notExpressible("the negation of a list of conditions")
		}
		return b.addAll(kind.And.Items, negated)
	case *contract.Predicate_Or:
		// The negation of `or` is that all are negated.
		if !negated && len(kind.Or.Items) != 1 {
			return notExpressible("`or`")
		}
		return b.addAll(kind.Or.Items, negated)
	case *contract.Predicate_Not:
		return b.add(kind.Not, !negated)
	default:
		return notExpressible("this condition")
	}
}

func (b whereBuilder) addAll(items []*contract.Predicate, negated bool) error {
	for _, item := range items {
		if err := b.add(item, negated); err != nil {
			return err
		}
	}
	return nil
}

var sqlOperators = map[contract.Operator]string{
	contract.Operator_OPERATOR_EQ: "=", contract.Operator_OPERATOR_NEQ: "!=",
	contract.Operator_OPERATOR_LT: "<", contract.Operator_OPERATOR_LTE: "<=",
	contract.Operator_OPERATOR_GT: ">", contract.Operator_OPERATOR_GTE: ">=",
	contract.Operator_OPERATOR_LIKE: "LIKE", contract.Operator_OPERATOR_ILIKE: "ILIKE",
	contract.Operator_OPERATOR_IS: "IS",
}

func (b whereBuilder) addComparison(comparison *contract.Comparison, negated bool) error {
	operands := comparison.Operands
	switch operator := comparison.Operator; operator {
	case contract.Operator_OPERATOR_IN:
		return b.addList(comparison.Column, operands, negated)
	case contract.Operator_OPERATOR_BETWEEN:
		if negated || len(operands) != 2 {
			return notExpressible("the negation of `between`")
		}
		if err := b.put(comparison.Column, ">=", operands[0], false); err != nil {
			return err
		}
		return b.put(comparison.Column, "<=", operands[1], false)
	case contract.Operator_OPERATOR_IS:
		if len(operands) == 1 && operands[0] == "not_null" {
			return b.put(comparison.Column, "IS", "null", !negated)
		}
		if len(operands) == 1 && operands[0] == "unknown" {
			return b.put(comparison.Column, "IS", "null", negated)
		}
	}
	sqlOperator, ok := sqlOperators[comparison.Operator]
	if !ok || len(operands) != 1 {
		return notExpressible(comparison.Operator.String())
	}
	return b.put(comparison.Column, sqlOperator, operands[0], negated)
}

func (b whereBuilder) addList(column string, items []string, negated bool) error {
	if len(items) == 0 && negated {
		return nil // met by every row
	}
	for _, item := range items {
		if item == "" || strings.Contains(item, ",") || strings.TrimSpace(item) != item {
			return notExpressible("an item of `in` that is empty, or holds a comma or outer blanks")
		}
	}
	return b.put(column, "IN", strings.Join(items, ","), negated)
}

func (b whereBuilder) put(column, operator, operand string, negated bool) error {
	key := column
	if negated {
		key = "NOT " + column
	}
	operands, _ := b[key].(map[string]any)
	if operands == nil {
		operands = map[string]any{}
		b[key] = operands
	}
	if known, ok := operands[operator]; ok && known != operand {
		return notExpressible("two conditions of one operator on one column")
	}
	operands[operator] = operand
	return nil
}

func notExpressible(what string) error {
	return easyrest.Errorf(easyrest.ReasonUnsupported,
		"a plugin of the original interface cannot be asked for %s", what)
}
