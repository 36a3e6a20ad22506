package easyrest

import (
	"sort"

	"easyrest/contract"
)

// A sorted copy, by columns or by aliases of columns.
func sortRows(
	columns []string, rows []Row, ordering []*contract.OrderTerm, selected []*contract.Projection,
) ([]Row, error) {
	if len(ordering) == 0 {
		return rows, nil
	}
	terms := make([]func(left, right Row) int, len(ordering))
	for position, term := range ordering {
		index := indexOf(columns, sourceColumn(term.Column, selected))
		if index < 0 {
			return nil, UnknownColumn(term.Column, columns)
		}
		terms[position] = orderTerm(index, term)
	}
	sorted := append([]Row(nil), rows...)
	sort.SliceStable(sorted, func(left, right int) bool {
		for _, compare := range terms {
			if order := compare(sorted[left], sorted[right]); order != 0 {
				return order < 0
			}
		}
		return false
	})
	return sorted, nil
}

func sourceColumn(name string, selected []*contract.Projection) string {
	for _, member := range selected {
		if member.Alias == name && member.GetColumn() != "" {
			return member.GetColumn()
		}
	}
	return name
}

// NULLs come last ascending and first descending unless the term says otherwise.
func orderTerm(index int, term *contract.OrderTerm) func(left, right Row) int {
	sign := 1
	if term.Direction == contract.Direction_DIRECTION_DESC {
		sign = -1
	}
	nullSign := sign
	switch term.Nulls {
	case contract.Nulls_NULLS_FIRST:
		nullSign = -1
	case contract.Nulls_NULLS_LAST:
		nullSign = 1
	}
	return func(left, right Row) int {
		a, b := left[index], right[index]
		switch {
		case a.IsNull() && b.IsNull():
			return 0
		case a.IsNull():
			return nullSign
		case b.IsNull():
			return -nullSign
		case a.Kind != b.Kind:
			return sign * int(int8(a.Kind)-int8(b.Kind))
		default:
			return sign * compareValues(a, b)
		}
	}
}
