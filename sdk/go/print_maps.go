package easyrest

import (
	"fmt"
	"sort"
	"time"
)

// PrintMaps makes the JSON array of objects that answers hold, of rows as maps from column to value. Columns are in
// alphabetical order. Times are told in zone; nil: as they are. A value that ValueOf refuses is an error that names its row
// and column.
func PrintMaps(rows []map[string]any, zone *time.Location) ([]byte, error) {
	printed := []byte{'['}
	for index, row := range rows {
		if index > 0 {
			printed = append(printed, ',')
		}
		var err error
		if printed, err = appendMap(printed, row, zone); err != nil {
			return nil, fmt.Errorf("row %d, %w", index, err)
		}
	}
	return append(printed, ']'), nil
}

func appendMap(bytes []byte, row map[string]any, zone *time.Location) ([]byte, error) {
	bytes = append(bytes, '{')
	for index, column := range sortedNames(row) {
		value, err := ValueOf(inZone(row[column], zone))
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", column, err)
		}
		if index > 0 {
			bytes = append(bytes, ',')
		}
		bytes = value.AppendJSON(append(appendText(bytes, column), ':'))
	}
	return append(bytes, '}'), nil
}

func inZone(value any, zone *time.Location) any {
	if moment, ok := value.(time.Time); ok && zone != nil {
		return moment.In(zone)
	}
	return value
}

func sortedNames(row map[string]any) []string {
	names := make([]string, 0, len(row))
	for name := range row {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
