package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"sync"
	"time"

	"easyrest"
	"easyrest/contract"
)

// directory finds, reads and exchanges the files that are tables.
type directory struct {
	path string

	mutex      sync.Mutex
	remembered map[string]memory // by file name
}

// memory is what was read of a file as it was.
type memory struct {
	info, schemaInfo fs.FileInfo
	table            easyrest.Table
	schema           *schema
}

func openDirectory(path string) *directory {
	removeLeftovers(path)
	return &directory{path: path, remembered: map[string]memory{}}
}

var tableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,62}$`)

// tables are the names of the files that are tables, sorted.
func (d *directory) tables() ([]string, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return nil, unreadable(err)
	}
	found := map[string]bool{}
	for _, entry := range entries {
		if name := nameOf(entry); name != "" {
			found[name] = true
		}
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	sort.Strings(names)
	return names, nil
}

// find answers the name of a table's file. Names are those of the directory, letter by letter, on every file system.
func (d *directory) find(table string) (string, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return "", unreadable(err)
	}
	file := ""
	for _, entry := range entries {
		if name := nameOf(entry); name == "" || name != table {
			continue
		}
		if file != "" {
			return "", easyrest.Errorf(easyrest.ReasonConflict, "%s and %s are both the table %s; remove one",
				file, entry.Name(), table)
		}
		file = entry.Name()
	}
	if file == "" {
		names, _ := d.tables()
		return "", easyrest.UnknownTable(table, names)
	}
	return file, nil
}

// "": it is no table. Links are none, as they may lead anywhere.
func nameOf(entry fs.DirEntry) string {
	extension := filepath.Ext(entry.Name())
	name := strings.TrimSuffix(entry.Name(), extension)
	if formats[extension] == nil || !tableName.MatchString(name) || !entry.Type().IsRegular() {
		return ""
	}
	return name
}

// read answers a table as its file is now.
func (d *directory) read(file string) (easyrest.Table, *schema, error) {
	path := filepath.Join(d.path, file)
	info, err := os.Stat(path)
	if err != nil {
		return easyrest.Table{}, nil, unreadable(err)
	}
	schemaInfo, _ := os.Stat(schemaPath(path))
	d.mutex.Lock()
	known, ok := d.remembered[file]
	d.mutex.Unlock()
	if ok && isSame(known.info, info) && isSame(known.schemaInfo, schemaInfo) {
		return known.table, known.schema, nil
	}
	table, schema, err := readTable(path)
	if err != nil {
		return table, schema, problem(file, err)
	}
	if isSettled(info) && isSettled(schemaInfo) {
		d.mutex.Lock()
		d.remembered[file] = memory{info, schemaInfo, table, schema}
		d.mutex.Unlock()
	}
	return table, schema, nil
}

func isSame(known, now fs.FileInfo) bool {
	if known == nil || now == nil {
		return known == nil && now == nil
	}
	return os.SameFile(known, now) && known.Size() == now.Size() && known.ModTime().Equal(now.ModTime())
}

// A file that changes twice within a tick of the clock looks the same both times: what is so young is read again.
func isSettled(info fs.FileInfo) bool {
	return info == nil || time.Since(info.ModTime()) > 2*time.Second
}

// change exchanges a table's file for what `apply` makes of it: all of it or nothing, and no other process in between.
func (d *directory) change(
	ctx context.Context, request easyrest.Write, where *contract.Predicate,
	apply func(easyrest.Table) (next easyrest.Table, affected uint64, err error),
) error {
	file, err := d.find(request.GetTable())
	if err != nil {
		return err
	}
	path := filepath.Join(d.path, file)
	unlock, err := lock(ctx, filepath.Join(d.path, "."+file+".lock"))
	if err != nil {
		return unwritable(err)
	}
	defer unlock()
	table, schema, err := readTable(path)
	if err != nil {
		return problem(file, err)
	}
	if err := schema.checkWhere(where); err != nil {
		return err
	}
	table, affected, err := apply(table)
	if err != nil || affected == 0 {
		return err
	}
	printed, err := printTable(path, table, schema)
	if err != nil || easyrest.KeepsNothing(request) {
		return err
	}
	// Until here nobody has noticed anything.
	if err := ctx.Err(); err != nil {
		return err
	}
	return unwritable(exchange(path, printed))
}

func unreadable(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return easyrest.Errorf(easyrest.ReasonUnavailable, "the files have gone while they were read; ask again")
	}
	return err
}

func unwritable(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return easyrest.Errorf(easyrest.ReasonPermission, "the plugin may not write to the directory")
	}
	return err
}
