package easyrest

import (
	"encoding/json"
	"fmt"
)

// Kind is what a Value is in JSON.
type Kind uint8

// The kinds of values.
const (
	Null   Kind = iota
	Bool        // Text is "true" or "false"
	Number      // Text has its digits as they were written, however many
	Text        // Text is the text itself, without quotes
	JSON        // Text is an object or an array, as JSON
)

// Value is one value of a row. It keeps every digit of a number, and an object or an array as it was written. Its zero
// value is NULL.
type Value struct {
	Kind Kind
	Text string
}

// TextValue and NumberValue make values; of a number, text must be one in JSON.
func TextValue(text string) Value { return Value{Text, text} }

// NumberValue is described with TextValue.
func NumberValue(text string) Value { return Value{Number, text} }

// IsNull tells NULL from everything else.
func (v Value) IsNull() bool { return v.Kind == Null }

// String is the value as an operand of a condition would spell it; "null" for NULL.
func (v Value) String() string {
	if v.Kind == Null {
		return "null"
	}
	return v.Text
}

// AppendJSON appends the value as JSON.
func (v Value) AppendJSON(bytes []byte) []byte {
	if v.Kind == Text {
		return appendText(bytes, v.Text)
	}
	return append(bytes, v.String()...)
}

// ParseValue reads a JSON value.
func ParseValue(bytes []byte) (Value, error) {
	first := outer(bytes, 0, 1)
	switch {
	case !json.Valid(bytes):
		return Value{}, fmt.Errorf("expected a JSON value, got %d bytes that are none", len(bytes))
	case first == '"':
		var text string
		err := json.Unmarshal(bytes, &text)
		return Value{Text, text}, err
	case first == 'n':
		return Value{}, nil
	case first == 't', first == 'f':
		return Value{Bool, trimmed(bytes)}, nil
	case first == '{', first == '[':
		return Value{JSON, trimmed(bytes)}, nil
	default:
		return Value{Number, trimmed(bytes)}, nil
	}
}

func trimmed(bytes []byte) string {
	var raw json.RawMessage
	_ = json.Unmarshal(bytes, &raw) // was found valid
	return string(raw)
}
