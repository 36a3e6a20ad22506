package easyrest

import (
	"math/big"
	"strconv"
	"strings"

	"easyrest/contract"
)

// aggregation compiles an aggregate of one column, or a count of rows. NULL is left out.
func aggregation(columns []string, aggregate *contract.Aggregate) (func([]Row) (Value, error), error) {
	counts := aggregate.Function == contract.AggregateFunction_AGGREGATE_FUNCTION_COUNT
	if aggregate.Column == "" && counts {
		return func(group []Row) (Value, error) { return countValue(len(group)), nil }, nil
	}
	index := indexOf(columns, aggregate.Column)
	if index < 0 {
		return nil, UnknownColumn(aggregate.Column, columns)
	}
	compute := aggregateFunctions[aggregate.Function]
	if compute == nil {
		return nil, Errorf(ReasonUnsupported, "this plugin does not know %s", aggregate.Function)
	}
	return func(group []Row) (Value, error) {
		values := valuesOf(group, index, aggregate.Distinct)
		if len(values) == 0 && !counts {
			return Value{}, nil
		}
		return compute(values, aggregate.Column)
	}, nil
}

func valuesOf(group []Row, index int, distinct bool) []Value {
	var values []Value
	seen := map[Value]bool{}
	for _, row := range group {
		value := row[index]
		if value.IsNull() || distinct && seen[value] {
			continue
		}
		seen[value] = true
		values = append(values, value)
	}
	return values
}

var aggregateFunctions = map[contract.AggregateFunction]func(values []Value, column string) (Value, error){
	contract.AggregateFunction_AGGREGATE_FUNCTION_COUNT: func(values []Value, _ string) (Value, error) {
		return countValue(len(values)), nil
	},
	contract.AggregateFunction_AGGREGATE_FUNCTION_SUM: sum,
	contract.AggregateFunction_AGGREGATE_FUNCTION_AVG: average,
	contract.AggregateFunction_AGGREGATE_FUNCTION_MIN: func(values []Value, _ string) (Value, error) {
		return extreme(values, -1), nil
	},
	contract.AggregateFunction_AGGREGATE_FUNCTION_MAX: func(values []Value, _ string) (Value, error) {
		return extreme(values, 1), nil
	},
}

func countValue(count int) Value { return NumberValue(strconv.Itoa(count)) }

func extreme(values []Value, sign int) Value {
	most := values[0]
	for _, value := range values[1:] {
		order := int(value.Kind) - int(most.Kind)
		if order == 0 {
			order = compareValues(value, most)
		}
		if order*sign > 0 {
			most = value
		}
	}
	return most
}

// sum is exact, with as many decimals as the numbers have.
func sum(values []Value, column string) (Value, error) {
	total, decimals, err := add(values, column)
	if err != nil {
		return Value{}, err
	}
	if decimals < 0 {
		number, _ := total.Float64()
		return floatValue(number, 64), nil
	}
	return NumberValue(total.FloatString(decimals)), nil
}

func average(values []Value, column string) (Value, error) {
	total, _, err := add(values, column)
	if err != nil {
		return Value{}, err
	}
	mean := total.Quo(total, new(big.Rat).SetInt64(int64(len(values))))
	if mean.IsInt() {
		return NumberValue(mean.Num().String()), nil
	}
	number, _ := mean.Float64()
	return floatValue(number, 64), nil
}

// decimals: the most that a number has; -1: one of them is a double in the form of one.
func add(values []Value, column string) (total *big.Rat, decimals int, err error) {
	total = new(big.Rat)
	for _, value := range values {
		if value.Kind != Number {
			return nil, 0, Errorf(ReasonBadValue, "column %s: expected numbers, got %q", column, value.Text).With("column", column)
		}
		total.Add(total, bigNumber(value.Text))
		switch point := strings.IndexByte(value.Text, '.'); {
		case strings.ContainsAny(value.Text, "eE"):
			decimals = -1
		case decimals >= 0 && point >= 0 && len(value.Text)-point-1 > decimals:
			decimals = len(value.Text) - point - 1
		}
	}
	return total, decimals, nil
}
