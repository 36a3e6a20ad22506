package easyrest

import "easyrest/contract"

// Row is one row of a table in memory, its values in the order of the table's columns.
type Row []Value

// PrintRows makes the JSON array of objects that answers hold.
func PrintRows(columns []string, rows []Row) []byte {
	names := printNames(columns)
	printed := []byte{'['}
	for index, row := range rows {
		if index > 0 {
			printed = append(printed, ',')
		}
		printed = appendRow(printed, names, row)
	}
	return append(printed, ']')
}

// ChunkRows sends rows in memory as the chunks of a TableGetStream, each of some 256 KiB or one row. total goes with
// the first chunk; nil: none was asked.
func ChunkRows(columns []string, rows []Row, total *uint64, send func(*contract.TableGetChunk) error) error {
	names := printNames(columns)
	chunk := &contract.TableGetChunk{Total: total}
	for _, row := range rows {
		if len(chunk.Rows) >= chunkBytes {
			if err := send(chunk); err != nil {
				return err
			}
			chunk = &contract.TableGetChunk{}
		}
		if chunk.RowCount > 0 {
			chunk.Rows = append(chunk.Rows, ',')
		}
		chunk.Rows = appendRow(chunk.Rows, names, row)
		chunk.RowCount++
	}
	if chunk.RowCount == 0 && chunk.Total == nil {
		return nil
	}
	return send(chunk)
}

const chunkBytes = 256 * 1024

// Names as they stand in an object: `"name":`.
func printNames(columns []string) []string {
	names := make([]string, len(columns))
	for index, column := range columns {
		names[index] = string(appendText(nil, column)) + ":"
	}
	return names
}

func appendRow(bytes []byte, names []string, row Row) []byte {
	bytes = append(bytes, '{')
	for index, value := range row {
		if index > 0 {
			bytes = append(bytes, ',')
		}
		bytes = value.AppendJSON(append(bytes, names[index]...))
	}
	return append(bytes, '}')
}
