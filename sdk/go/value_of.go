package easyrest

import (
	"bytes"
	"database/sql/driver"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// ValueOf is a Go value as the contract prints it: integers with all digits, floats in the shortest form that reads back
// as the same, bytes in base64, times as RFC 3339 in their own location, NaN and infinities as NULL; json.Number,
// json.RawMessage, *big.Int, driver.Valuer (sql.NullString and its like), json.Marshaler and encoding.TextMarshaler as what
// they stand for; maps, slices and structs as JSON. It fails for what JSON cannot hold.
func ValueOf(value any) (Value, error) {
	switch known := value.(type) {
	case nil:
		return Value{}, nil
	case Value:
		return known, nil
	case string:
		return Value{Text, known}, nil
	case bool:
		return Value{Bool, strconv.FormatBool(known)}, nil
	case int:
		return Value{Number, strconv.Itoa(known)}, nil
	case int64:
		return Value{Number, strconv.FormatInt(known, 10)}, nil
	case float64:
		return floatValue(known, 64), nil
	case float32:
		return floatValue(float64(known), 32), nil
	case []byte:
		return bytesValue(known), nil
	case time.Time:
		return Value{Text, known.Format(time.RFC3339Nano)}, nil
	case json.Number:
		return numberValue(known.String())
	case json.RawMessage:
		return ParseValue(known)
	case *big.Int:
		return bigValue(known), nil
	default:
		return otherValue(value)
	}
}

func floatValue(number float64, bits int) Value {
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return Value{}
	}
	format := byte('f')
	if size := math.Abs(number); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	return Value{Number, strconv.FormatFloat(number, format, -1, bits)}
}

func bytesValue(content []byte) Value {
	if content == nil {
		return Value{}
	}
	return Value{Text, base64.StdEncoding.EncodeToString(content)}
}

func bigValue(number *big.Int) Value {
	if number == nil {
		return Value{}
	}
	return Value{Number, number.String()}
}

func numberValue(text string) (Value, error) {
	value, err := ParseValue([]byte(text))
	if err != nil || value.Kind != Number {
		return Value{}, fmt.Errorf("expected a number, got %q", text)
	}
	return value, nil
}

func otherValue(value any) (Value, error) {
	content := reflect.ValueOf(value)
	if content.Kind() == reflect.Pointer && content.IsNil() {
		return Value{}, nil
	}
	switch known := value.(type) {
	case driver.Valuer:
		return drivenValue(known)
	case json.Marshaler:
		return marshalled(value)
	case encoding.TextMarshaler:
		text, err := known.MarshalText()
		return Value{Text, string(text)}, err
	}
	switch content.Kind() {
	case reflect.Pointer, reflect.Interface:
		return ValueOf(content.Elem().Interface())
	case reflect.String:
		return Value{Text, content.String()}, nil
	case reflect.Bool:
		return Value{Bool, strconv.FormatBool(content.Bool())}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Value{Number, strconv.FormatInt(content.Int(), 10)}, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return Value{Number, strconv.FormatUint(content.Uint(), 10)}, nil
	case reflect.Float32, reflect.Float64:
		return floatValue(content.Float(), content.Type().Bits()), nil
	case reflect.Map, reflect.Slice, reflect.Array, reflect.Struct:
		return marshalled(value)
	default:
		return Value{}, fmt.Errorf("expected a value that JSON can hold, got %T", value)
	}
}

func drivenValue(valuer driver.Valuer) (Value, error) {
	value, err := valuer.Value()
	if err != nil {
		return Value{}, err
	}
	if _, again := value.(driver.Valuer); again {
		return Value{}, fmt.Errorf("expected %T.Value to answer a plain value, got %T", valuer, value)
	}
	return ValueOf(value)
}

func marshalled(value any) (Value, error) {
	var printed bytes.Buffer
	encoder := json.NewEncoder(&printed)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return Value{}, fmt.Errorf("expected a value that JSON can hold: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return ParseValue(printed.Bytes())
}
