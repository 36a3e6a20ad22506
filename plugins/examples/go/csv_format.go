package main

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"easyrest"
)

// A cell in quotes is text. Without quotes nothing is NULL, what JSON takes for a number is one, true and false are
// booleans, and the rest is text. So every value but an object or an array comes back as it was written.

// parseCSV reads RFC 4180, its first line the names of the columns. A file without a byte is an empty table.
func parseCSV(content []byte, schema *schema) ([]string, []easyrest.Row, error) {
	reader := csvReader{rest: bytes.TrimPrefix(content, []byte("\uFEFF"))}
	header, err := reader.record()
	if err != nil || header == nil {
		return nil, nil, err
	}
	columns := make([]string, len(header))
	seen := map[string]bool{}
	for index, cell := range header {
		columns[index] = cell.text
		if !utf8.ValidString(cell.text) {
			return nil, nil, errors.New("line 1: expected names of columns in UTF-8")
		}
		if cell.text == "" || seen[cell.text] {
			return nil, nil, fmt.Errorf("line 1: expected a name of its own for each column, got %q", cell.text)
		}
		seen[cell.text] = true
	}
	var rows []easyrest.Row
	for {
		record, err := reader.record()
		if err != nil || record == nil {
			return columns, rows, err
		}
		if len(record) == 1 && len(columns) > 1 && record[0] == (cell{}) {
			continue // an empty line
		}
		if len(record) != len(columns) {
			return nil, nil, fmt.Errorf("line %d: expected %d cells, got %d", reader.line, len(columns), len(record))
		}
		row := make(easyrest.Row, len(columns))
		for index, cell := range record {
			row[index] = cell.value(schema.isText(columns[index]))
		}
		rows = append(rows, row)
	}
}

type cell struct {
	text   string
	quoted bool
}

var jsonNumber = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$`)

func (c cell) value(isText bool) easyrest.Value {
	switch {
	case c.quoted:
		return easyrest.TextValue(c.text)
	case c.text == "":
		return easyrest.Value{}
	case isText:
		return easyrest.TextValue(c.text)
	case c.text == "true" || c.text == "false":
		return easyrest.Value{Kind: easyrest.Bool, Text: c.text}
	case jsonNumber.MatchString(c.text):
		return easyrest.NumberValue(c.text)
	default:
		return easyrest.TextValue(c.text)
	}
}

// csvReader keeps what encoding/csv forgets: whether a cell was quoted.
type csvReader struct {
	rest []byte
	line int // of the last record's last line
}

// record reads a line, which quoted cells may continue on the next; nil at the end.
func (r *csvReader) record() ([]cell, error) {
	if len(r.rest) == 0 {
		return nil, nil
	}
	r.line++
	var record []cell
	for {
		next, err := r.cell()
		if err != nil {
			return nil, err
		}
		record = append(record, next)
		switch {
		case len(r.rest) == 0:
			return record, nil
		case r.rest[0] == ',':
			r.rest = r.rest[1:]
		default:
			r.rest = bytes.TrimPrefix(bytes.TrimPrefix(r.rest, []byte{'\r'}), []byte{'\n'})
			return record, nil
		}
	}
}

func (r *csvReader) cell() (cell, error) {
	if len(r.rest) > 0 && r.rest[0] == '"' {
		return r.quotedCell()
	}
	end := bytes.IndexAny(r.rest, ",\r\n")
	if end < 0 {
		end = len(r.rest)
	}
	text := string(r.rest[:end])
	r.rest = r.rest[end:]
	return cell{text: text}, nil
}

func (r *csvReader) quotedCell() (cell, error) {
	var text []byte
	begin := r.line
	r.rest = r.rest[1:]
	for {
		end := bytes.IndexByte(r.rest, '"')
		if end < 0 {
			return cell{}, fmt.Errorf("line %d: expected the quote that ends a cell, got the end of the file", begin)
		}
		text = append(text, r.rest[:end]...)
		r.rest = r.rest[end+1:]
		if len(r.rest) > 0 && r.rest[0] == '"' {
			text = append(text, '"')
			r.rest = r.rest[1:]
			continue
		}
		r.line += bytes.Count(text, []byte{'\n'})
		if len(r.rest) > 0 && !bytes.ContainsAny(r.rest[:1], ",\r\n") {
			return cell{}, fmt.Errorf("line %d: expected a comma or the end of the line after a quoted cell", r.line)
		}
		return cell{text: string(text), quoted: true}, nil
	}
}

func printCSV(table easyrest.Table) ([]byte, error) {
	var printed bytes.Buffer
	for index, column := range table.Columns {
		separate(&printed, index)
		printed.WriteString(quotedWhere(column, needsQuotes(column)))
	}
	printed.WriteByte('\n')
	for _, row := range table.Rows {
		for index, value := range row {
			separate(&printed, index)
			if value.Kind == easyrest.JSON {
				return nil, easyrest.Errorf(easyrest.ReasonBadValue,
					"column %s: a CSV file holds no objects and arrays", table.Columns[index]).With("column", table.Columns[index])
			}
			if value.Kind == easyrest.Text {
				printed.WriteString(quotedWhere(value.Text, needsQuotes(value.Text)))
			} else if !value.IsNull() {
				printed.WriteString(value.Text)
			}
		}
		printed.WriteByte('\n')
	}
	return printed.Bytes(), nil
}

func separate(printed *bytes.Buffer, index int) {
	if index > 0 {
		printed.WriteByte(',')
	}
}

// A text that would be read as something else, or that some program would trim.
func needsQuotes(text string) bool {
	asIs := cell{text: text}.value(false)
	return asIs != easyrest.TextValue(text) || strings.ContainsAny(text, "\",\r\n") ||
		strings.TrimSpace(text) != text || strings.HasPrefix(text, "\uFEFF")
}

func quotedWhere(text string, quotes bool) string {
	if !quotes {
		return text
	}
	return `"` + string(bytes.ReplaceAll([]byte(text), []byte{'"'}, []byte(`""`))) + `"`
}
