package main

import (
	"bytes"
	"fmt"

	"easyrest"
)

// parseJSON reads an array of objects. A file without a byte is an empty table.
func parseJSON(content []byte, _ *schema) ([]string, []easyrest.Row, error) {
	if len(bytes.TrimSpace(content)) == 0 {
		return nil, nil, nil
	}
	objects, err := easyrest.ParseObjects(content)
	if err != nil {
		return nil, nil, err
	}
	return rowsOf(objects)
}

// parseNDJSON reads an object a line.
func parseNDJSON(content []byte, _ *schema) ([]string, []easyrest.Row, error) {
	var objects []easyrest.Object
	for number, line := range bytes.Split(content, []byte{'\n'}) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		object, err := easyrest.ParseObject(line)
		if err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", number+1, err)
		}
		objects = append(objects, object)
	}
	return rowsOf(objects)
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
	}
	return columns, rows, nil
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
