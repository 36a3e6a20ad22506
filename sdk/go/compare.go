package easyrest

import (
	"math/big"
	"strconv"
	"strings"
)

// compareValues orders two values, neither of them NULL: numbers by value, exactly; everything else as text.
func compareValues(left, right Value) int {
	if left.Kind == Number && right.Kind == Number {
		return compareNumbers(left.Text, right.Text)
	}
	return strings.Compare(left.Text, right.Text)
}

// compareOperand orders a value that is not NULL and the operand of a condition. A number is compared with a number only.
func compareOperand(value Value, operand, column string) (int, error) {
	if value.Kind != Number {
		return strings.Compare(value.Text, operand), nil
	}
	if err := requireNumber(operand, column); err != nil {
		return 0, err
	}
	return compareNumbers(value.Text, operand), nil
}

func requireNumber(operand, column string) error {
	if _, err := numberValue(operand); err != nil {
		return Errorf(ReasonBadValue, "column %s: expected a number, got %q", column, operand).With("column", column)
	}
	return nil
}

func compareNumbers(left, right string) int {
	a, leftErr := strconv.ParseInt(left, 10, 64)
	b, rightErr := strconv.ParseInt(right, 10, 64)
	if leftErr == nil && rightErr == nil {
		return compareIntegers(a, b)
	}
	return bigNumber(left).Cmp(bigNumber(right))
}

// numberKey is the same text for numbers that compareNumbers takes for equal.
func numberKey(text string) string {
	if integer, err := strconv.ParseInt(text, 10, 64); err == nil {
		return strconv.FormatInt(integer, 10)
	}
	return bigNumber(text).RatString()
}

func compareIntegers(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// Exact for decimals; 1e999999999 must not fill the memory with its digits.
func bigNumber(text string) *big.Rat {
	number := new(big.Rat)
	if !strings.ContainsAny(text, "eE") {
		number.SetString(text)
		return number
	}
	rounded, _ := strconv.ParseFloat(text, 64)
	if number.SetFloat64(rounded) == nil { // an infinity
		number.SetFloat64(1.7976931348623157e308)
		if rounded < 0 {
			number.Neg(number)
		}
	}
	return number
}
