package easyrest

import (
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"
)

func TestValuesPrintAsTheContractSays(t *testing.T) {
	type color string
	name := "pointed at"
	oslo := time.FixedZone("", 2*60*60)
	for _, example := range []struct {
		value any
		json  string
	}{
		{nil, `null`},
		{true, `true`},
		{int64(9007199254740993), `9007199254740993`},
		{uint64(math.MaxUint64), `18446744073709551615`},
		{int8(-1), `-1`},
		{0.1, `0.1`}, {float32(0.1), `0.1`}, {1e300, `1e+300`}, {5e-324, `5e-324`}, {float64(42), `42`}, {1e20, `100000000000000000000`},
		{math.NaN(), `null`}, {math.Inf(-1), `null`},
		{json.Number("12345678901234567890.123456789"), `12345678901234567890.123456789`},
		{new(big.Int).Lsh(big.NewInt(1), 100), `1267650600228229401496703205376`},
		{"<a & \"b\">\n\u0001\u2028", `"<a & \"b\">\n\u0001` + "\u2028" + `"`},
		{"bad\xff", `"bad` + "\uFFFD" + `"`},
		{[]byte{0, 255}, `"AP8="`}, {[]byte{}, `""`}, {[]byte(nil), `null`},
		{time.Date(2024, 6, 1, 14, 0, 0, 0, oslo), `"2024-06-01T14:00:00+02:00"`},
		{time.Date(2024, 6, 1, 12, 0, 0, 500_000_000, time.UTC), `"2024-06-01T12:00:00.5Z"`},
		{json.RawMessage(`{"b": 1, "a": [1.50]}`), `{"b": 1, "a": [1.50]}`},
		{map[string]any{"id": int64(9007199254740993)}, `{"id":9007199254740993}`},
		{[]any{1, "<"}, `[1,"<"]`},
		{sql.NullString{}, `null`}, {sql.NullInt64{Int64: 7, Valid: true}, `7`},
		{&name, `"pointed at"`}, {(*string)(nil), `null`}, {color("red"), `"red"`},
	} {
		value, err := ValueOf(example.value)
		if err != nil || string(value.AppendJSON(nil)) != example.json {
			t.Errorf("%#v: expected %s, got %s (%v)", example.value, example.json, value.AppendJSON(nil), err)
		}
	}
}

func TestTimesOfEachTypeAreToldInTheZoneOfTheRequest(t *testing.T) {
	moment := time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)
	oslo := time.FixedZone("", 2*60*60)
	for _, value := range []any{moment, &moment, sql.NullTime{Time: moment, Valid: true}} {
		printed, err := PrintMaps([]map[string]any{{"at": value}}, oslo)
		if expected := `[{"at":"2024-06-01T14:00:00+02:00"}]`; err != nil || string(printed) != expected {
			t.Errorf("%T: expected %s, got %s (%v)", value, expected, printed, err)
		}
	}
	printed, err := PrintMaps([]map[string]any{{"a": (*time.Time)(nil), "b": sql.NullTime{}}}, oslo)
	if expected := `[{"a":null,"b":null}]`; err != nil || string(printed) != expected {
		t.Errorf("expected %s, got %s (%v)", expected, printed, err)
	}
}

func TestValueThatJSONCannotHoldNamesItsRowAndColumn(t *testing.T) {
	for _, value := range []any{make(chan int), func() {}, complex(1, 1), json.Number("x"), []any{math.NaN()}} {
		_, err := PrintMaps([]map[string]any{{"a": 1}, {"a": 2, "b": value}}, nil)
		if err == nil || !strings.HasPrefix(err.Error(), `row 1, column "b": expected `) {
			t.Errorf("%T: expected an error that names row 1 and column b, got %v", value, err)
		}
	}
}

func TestObjectsKeepEveryDigitAndTheOrderOfTheirMembers(t *testing.T) {
	const rows = `[{"z":9007199254740993,"a":1.50,"j":{"b": 1,"a":[1e400]},"t":"é\u0000","n":null,"b":false}]`
	objects, err := ParseObjects([]byte(rows))
	if err != nil {
		t.Fatal(err)
	}
	row := make(Row, len(objects[0]))
	for index, member := range objects[0] {
		row[index] = member.Value
	}
	if printed := PrintRows(objects[0].Names(), []Row{row}); string(printed) != rows {
		t.Errorf("expected %s, got %s", rows, printed)
	}
}

func TestRowsThatAreNoneAreBadValues(t *testing.T) {
	for _, rows := range []string{``, `{}`, `[1]`, `[{]`, `[{"a":}]`, `[{"a":1}`, `[{"a":01}]`, `[{"a":1}] [{}]`, `[]x`} {
		_, err := ParseObjects([]byte(rows))
		var failure *Error
		if !errors.As(err, &failure) || failure.Reason != ReasonBadValue {
			t.Errorf("%s: expected bad_value, got %v", rows, err)
		}
	}
	for _, object := range []string{``, `[]`, `{"a":1}{"a":2}`, `{"a":1},`, `{"a"`} {
		if _, err := ParseObject([]byte(object)); err == nil {
			t.Errorf("%s: expected bad_value", object)
		}
	}
}
