package easyrest

import (
	"database/sql"
	"fmt"
	"sort"
	"time"
)

// PrintMaps makes the JSON array of objects that answers hold, of rows as maps from column to value. Times are told in
// zone; nil: as they are. The columns that are named come first, in that order, the others behind them by alphabet. A value
// that ValueOf refuses is an error that names its row and column.
func PrintMaps(rows []map[string]any, zone *time.Location, columns ...string) ([]byte, error) {
	printed := []byte{'['}
	for index, row := range rows {
		if index > 0 {
			printed = append(printed, ',')
		}
		var err error
		if printed, err = appendMap(printed, row, zone, columns); err != nil {
			return nil, fmt.Errorf("row %d, %w", index, err)
		}
	}
	return append(printed, ']'), nil
}

func appendMap(bytes []byte, row map[string]any, zone *time.Location, columns []string) ([]byte, error) {
	bytes = append(bytes, '{')
	for index, column := range inOrder(row, columns) {
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
	if zone == nil {
		return value
	}
	switch known := value.(type) {
	case time.Time:
		return known.In(zone)
	case *time.Time:
		if known != nil {
			return known.In(zone)
		}
	case sql.NullTime:
		if known.Valid {
			return known.Time.In(zone)
		}
	}
	return value
}

func inOrder(row map[string]any, columns []string) []string {
	names := make([]string, 0, len(row))
	for _, column := range columns {
		if _, ok := row[column]; ok {
			names = append(names, column)
		}
	}
	named := len(names)
	if named == len(row) {
		return names
	}
	for name := range row {
		if indexOf(names[:named], name) < 0 {
			names = append(names, name)
		}
	}
	sort.Strings(names[named:])
	return names
}
