package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"easyrest"
)

// format is how a table lies in a file.
type format struct {
	parse func(content []byte, schema *schema) (columns []string, rows []easyrest.Row, err error)
	print func(table easyrest.Table) ([]byte, error)
}

var formats = map[string]*format{
	".csv":    {parseCSV, printCSV},
	".json":   {parseJSON, printJSON},
	".ndjson": {parseNDJSON, printNDJSON},
	".jsonl":  {parseNDJSON, printNDJSON},
}

// readTable reads a file and the schema beside it, if there is one.
func readTable(path string) (easyrest.Table, *schema, error) {
	schema, err := readSchema(schemaPath(path))
	if err != nil {
		return easyrest.Table{}, nil, err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return easyrest.Table{}, nil, unreadable(err)
	}
	columns, rows, err := formats[filepath.Ext(path)].parse(content, schema)
	if err != nil {
		return easyrest.Table{}, nil, err
	}
	table := easyrest.Table{Columns: columns, Rows: rows}
	if schema == nil {
		return table, nil, nil
	}
	if table, err = schema.arrange(table); err != nil {
		return table, nil, err
	}
	return table, schema, nil
}

// printTable fails for a row that the schema or the format does not allow.
func printTable(path string, table easyrest.Table, schema *schema) ([]byte, error) {
	if err := schema.check(table); err != nil {
		return nil, err
	}
	return formats[filepath.Ext(path)].print(table)
}

// exchange makes a file of another content at once: whoever opens it reads the old one or the new one, also after a power
// cut.
func exchange(path string, content []byte) error {
	mode := os.FileMode(0o666)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), temporaryPrefix+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // after the rename there is none
	_, err = temporary.Write(content)
	err = firstOf(err, temporary.Chmod(mode), temporary.Sync(), temporary.Close())
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	if err := os.Rename(temporary.Name(), path); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

const temporaryPrefix = ".easyrest-new-"

// removeLeftovers of processes that were killed while they wrote. A write takes no hour.
func removeLeftovers(directory string) {
	leftovers, _ := filepath.Glob(filepath.Join(directory, temporaryPrefix+"*"))
	for _, path := range leftovers {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(path)
		}
	}
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
