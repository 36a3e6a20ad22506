package main

import (
	"easyrest/contract"
)

// checkWhere refuses operands that are no values of their column.
func (s *schema) checkWhere(where *contract.Predicate) error {
	if s == nil {
		return nil
	}
	switch kind := where.GetKind().(type) {
	case *contract.Predicate_Comparison:
		return s.checkComparison(kind.Comparison)
	case *contract.Predicate_And:
		return s.checkAll(kind.And.Items)
	case *contract.Predicate_Or:
		return s.checkAll(kind.Or.Items)
	case *contract.Predicate_Not:
		return s.checkWhere(kind.Not)
	default:
		return nil
	}
}

func (s *schema) checkAll(items []*contract.Predicate) error {
	for _, item := range items {
		if err := s.checkWhere(item); err != nil {
			return err
		}
	}
	return nil
}

func (s *schema) checkComparison(comparison *contract.Comparison) error {
	switch comparison.Operator {
	case contract.Operator_OPERATOR_LIKE, contract.Operator_OPERATOR_ILIKE, contract.Operator_OPERATOR_IS:
		return nil
	}
	for _, column := range s.Columns {
		if column.Name != comparison.Column {
			continue
		}
		for _, operand := range comparison.Operands {
			if !isOperand(column.Type, operand) {
				return wrongValue(column, operand)
			}
		}
	}
	return nil
}

func isOperand(kind, text string) bool {
	switch kind {
	case "integer", "number":
		return jsonNumber.MatchString(text)
	case "boolean":
		return text == "true" || text == "false"
	default:
		return true
	}
}
