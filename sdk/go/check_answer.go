package easyrest

import "fmt"

// Mistakes of a plugin that would reach a client as bytes that nobody can read. Only the ends of JSON are looked at:
// nobody parses a row on its way.

func checkJSON(name string, json []byte, open, end byte) error {
	if outer(json, 0, 1) == open && outer(json, len(json)-1, -1) == end {
		return nil
	}
	return fmt.Errorf("answered wrong %s: expected JSON that begins with %c and ends with %c, got %s",
		name, open, end, preview(json))
}

func checkSomeJSON(name string, json []byte) error {
	if len(json) > 0 {
		return nil
	}
	return fmt.Errorf("answered wrong %s: expected the bytes of a JSON value, got no bytes", name)
}

// Writes may answer no rows.
func checkWritten(rows []byte) error {
	if len(rows) == 0 {
		return nil
	}
	return checkJSON("rows", rows, '[', ']')
}

// 64 MiB, less what surrounds the rows in their message.
const defaultMaxReplyBytes = maxMessageBytes - 64*1024

func checkSize(json []byte, maxReplyBytes uint64) error {
	if maxReplyBytes == 0 {
		maxReplyBytes = defaultMaxReplyBytes
	}
	if uint64(len(json)) <= maxReplyBytes {
		return nil
	}
	return Errorf(ReasonTooLarge,
		"the answer has %d bytes, more than the %d that were asked for", len(json), maxReplyBytes)
}

func checkSingle(wanted bool, found uint64) error {
	if wanted && found != 1 {
		return Errorf(ReasonSingular, "expected exactly one row, found %d", found)
	}
	return nil
}

// The first byte that is no white space, from either end; 0: none.
func outer(json []byte, index, step int) byte {
	for index >= 0 && index < len(json) {
		switch json[index] {
		case ' ', '\t', '\n', '\r':
			index += step
		default:
			return json[index]
		}
	}
	return 0
}

func preview(json []byte) string {
	if len(json) == 0 {
		return "no bytes"
	}
	return fmt.Sprintf("%d bytes that do not", len(json))
}
