package easyrest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Object is a JSON object with its members in their order.
type Object []Member

// Member is one column of an Object.
type Member struct {
	Name  string
	Value Value
}

// Get finds a member.
func (o Object) Get(name string) (Value, bool) {
	for _, member := range o {
		if member.Name == name {
			return member.Value, true
		}
	}
	return Value{}, false
}

// Names of the members, in their order.
func (o Object) Names() []string {
	names := make([]string, len(o))
	for index, member := range o {
		names[index] = member.Name
	}
	return names
}

// ParseObjects reads the rows of a request: a JSON array of objects. Failures are ReasonBadValue.
func ParseObjects(rows []byte) ([]Object, error) {
	decoder := json.NewDecoder(bytes.NewReader(rows))
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return nil, Errorf(ReasonBadValue, "expected a JSON array of objects")
	}
	var objects []Object
	for decoder.More() {
		object, err := readObject(decoder)
		if err != nil {
			return nil, Errorf(ReasonBadValue, "row %d: %s", len(objects), err)
		}
		objects = append(objects, object)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, Errorf(ReasonBadValue, "expected the end of the array after row %d", len(objects))
	}
	if hasMore(decoder) {
		return nil, Errorf(ReasonBadValue, "expected nothing behind the array of %d rows", len(objects))
	}
	return objects, nil
}

// ParseObject reads the data of a TableUpdate or the arguments of a function: one JSON object. Failures are
// ReasonBadValue.
func ParseObject(data []byte) (Object, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	object, err := readObject(decoder)
	if err != nil {
		return nil, Errorf(ReasonBadValue, "%s", err)
	}
	if hasMore(decoder) {
		return nil, Errorf(ReasonBadValue, "expected nothing behind the object")
	}
	return object, nil
}

func hasMore(decoder *json.Decoder) bool {
	_, err := decoder.Token()
	return err != io.EOF
}

func readObject(decoder *json.Decoder) (Object, error) {
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, fmt.Errorf("expected an object")
	}
	object := Object{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("expected the name of a member")
		}
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return nil, fmt.Errorf("column %q: expected a JSON value", name)
		}
		value, err := ParseValue(raw)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", name, err)
		}
		object = append(object, Member{name.(string), value})
	}
	_, err := decoder.Token()
	return object, err
}
