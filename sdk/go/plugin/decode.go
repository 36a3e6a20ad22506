package plugin

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"easyrest"
)

// objectMap is a JSON object as plugins of the original get it.
func objectMap(object easyrest.Object) map[string]any {
	values := make(map[string]any, len(object))
	for _, member := range object {
		values[member.Name] = plainValue(member.Value)
	}
	return values
}

func plainValue(value easyrest.Value) any {
	switch value.Kind {
	case easyrest.Null:
		return nil
	case easyrest.Bool:
		return value.Text == "true"
	case easyrest.Number:
		return plainNumber(value.Text)
	case easyrest.JSON:
		return nestedValue(value.Text)
	default:
		return value.Text
	}
}

// plainNumber is a float64, as the original has it, where that is exact: it prints as the number it was. Else an int64
// where it is an integer, else its digits.
func plainNumber(text string) any {
	if number, err := strconv.ParseFloat(text, 64); err == nil && isExact(number, text) {
		return number
	}
	if integer, err := strconv.ParseInt(text, 10, 64); err == nil {
		return integer
	}
	return json.Number(text)
}

func isExact(number float64, text string) bool {
	printed := strconv.FormatFloat(number, 'f', -1, 64)
	if printed == text {
		return !isInteger(text) || number < 1<<53 && number > -1<<53
	}
	if strings.ContainsAny(text, "eE") || isInteger(text) {
		return strings.ContainsAny(text, "eE") // a double in the form of one
	}
	given, ok := new(big.Rat).SetString(text)
	short, _ := new(big.Rat).SetString(printed)
	return ok && given.Cmp(short) == 0 // 1.50
}

func isInteger(text string) bool { return !strings.ContainsAny(text, ".eE") }

func nestedValue(text string) any {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var value any
	_ = decoder.Decode(&value) // was found valid
	return withPlainNumbers(value)
}

func withPlainNumbers(value any) any {
	switch known := value.(type) {
	case json.Number:
		return plainNumber(known.String())
	case map[string]any:
		for name, member := range known {
			known[name] = withPlainNumbers(member)
		}
	case []any:
		for index, item := range known {
			known[index] = withPlainNumbers(item)
		}
	}
	return value
}
