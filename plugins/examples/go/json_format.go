package main

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"easyrest"
)

// parseJSON reads an array of objects. A file without a byte is an empty table.
func parseJSON(content []byte, _ *schema) ([]string, []easyrest.Row, error) {
	content, err := jsonText(content)
	if err != nil || len(content) == 0 {
		return nil, nil, err
	}
	objects, err := easyrest.ParseObjects(content)
	if err != nil {
		return nil, nil, ownFault(err)
	}
	return rowsOf(objects)
}

// parseNDJSON reads an object a line.
func parseNDJSON(content []byte, _ *schema) ([]string, []easyrest.Row, error) {
	content, err := jsonText(content)
	if err != nil {
		return nil, nil, err
	}
	var objects []easyrest.Object
	for number, line := range bytes.Split(content, []byte{'\n'}) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		object, err := easyrest.ParseObject(line)
		if err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", number+1, ownFault(err))
		}
		objects = append(objects, object)
	}
	return rowsOf(objects)
}

// A write would replace what is no UTF-8, and so lose it.
func jsonText(content []byte) ([]byte, error) {
	if !utf8.Valid(content) {
		return nil, errors.New("expected UTF-8, as JSON is")
	}
	return bytes.TrimSpace(bytes.TrimPrefix(content, []byte("\uFEFF"))), nil
}

// What is wrong with a file is not the fault of who asks for it.
func ownFault(err error) error {
	var blaming *easyrest.Error
	if errors.As(err, &blaming) {
		return errors.New(blaming.Message)
	}
	return err
}

// The columns are all members of all objects, in the order in which they first come; a member that is missing is NULL.
func rowsOf(objects []easyrest.Object) ([]string, []easyrest.Row, error) {
	var columns []string
	places := map[string]int{}
	for _, object := range objects {
		for _, member := range object {
			if _, known := places[member.Name]; !known {
				places[member.Name] = len(columns)
				columns = append(columns, member.Name)
			}
		}
	}
	rows := make([]easyrest.Row, len(objects))
	for index, object := range objects {
		rows[index] = make(easyrest.Row, len(columns))
		for _, member := range object {
			rows[index][places[member.Name]] = member.Value
		}
		if err := checkMembers(object); err != nil {
			return nil, nil, fmt.Errorf("row %d: %w", index, err)
		}
	}
	return columns, rows, nil
}

// The first of two members of one name would be gone with the next write.
func checkMembers(object easyrest.Object) error {
	seen := make(map[string]bool, len(object))
	for _, member := range object {
		if seen[member.Name] {
			return fmt.Errorf("expected a name of its own for each member, got %q twice", member.Name)
		}
		seen[member.Name] = true
	}
	return nil
}

// printJSON writes an object a line, so that a difference between two versions of the file can be read.
func printJSON(table easyrest.Table) ([]byte, error) {
	var printed bytes.Buffer
	printed.WriteByte('[')
	for index, row := range table.Rows {
		if index > 0 {
			printed.WriteByte(',')
		}
		printed.WriteByte('\n')
		printed.Write(printRow(table.Columns, row))
	}
	printed.WriteString("\n]\n")
	return printed.Bytes(), nil
}

func printNDJSON(table easyrest.Table) ([]byte, error) {
	var printed bytes.Buffer
	for _, row := range table.Rows {
		printed.Write(printRow(table.Columns, row))
		printed.WriteByte('\n')
	}
	return printed.Bytes(), nil
}

func printRow(columns []string, row easyrest.Row) []byte {
	array := easyrest.PrintRows(columns, []easyrest.Row{row})
	return array[1 : len(array)-1]
}
