package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"easyrest"
	"easyrest/contract"
)

// filesDB serves the tables of one directory.
type filesDB struct{ directory *directory }

// Capabilities: what a table in memory can do, and the rows of changes.
func (*filesDB) Capabilities() []easyrest.Capability {
	return append([]easyrest.Capability{easyrest.CapabilityReturning}, easyrest.TableCapabilities...)
}

// InitConnection takes files:///absolute/path or files://relative/path.
func (f *filesDB) InitConnection(_ context.Context, connection easyrest.Connection) (string, error) {
	path, err := directoryOf(connection.URI)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return "", easyrest.Errorf(easyrest.ReasonUnavailable, "expected a directory of files, found none: create it")
	}
	f.directory = openDirectory(path)
	return "files of " + filepath.Base(path), nil
}

func directoryOf(uri string) (string, error) {
	path := uri[strings.Index(uri, "://")+len("://"):]
	if at := strings.IndexAny(path, "?#"); at >= 0 {
		return "", easyrest.Errorf(easyrest.ReasonBadValue, "expected files://<directory> without options, got %q", path[at:])
	}
	path, err := url.PathUnescape(path)
	if err != nil || path == "" {
		return "", easyrest.Errorf(easyrest.ReasonBadValue, "expected files://<directory>, got no directory")
	}
	return filepath.Abs(path)
}

// TableGet reads the whole table; of a file that has not changed, what is remembered of it.
func (f *filesDB) TableGet(_ context.Context, request *contract.TableGetRequest) (*contract.TableGetResponse, error) {
	found, err := f.find(request)
	return found.Answer(), err
}

// TableGetStream sends the same in chunks.
func (f *filesDB) TableGetStream(
	_ context.Context, request *contract.TableGetRequest, send func(*contract.TableGetChunk) error,
) error {
	found, err := f.find(request)
	if err != nil {
		return err
	}
	return easyrest.ChunkRows(found.Columns, found.Rows, found.Total, send)
}

func (f *filesDB) find(request *contract.TableGetRequest) (*easyrest.Selection, error) {
	file, err := f.directory.find(request.Table)
	if err != nil {
		return nil, err
	}
	table, schema, err := f.directory.read(file)
	if err != nil {
		return nil, err
	}
	if err := schema.checkWhere(request.Where); err != nil {
		return nil, err
	}
	return table.Select(request)
}

// TableCreate, TableUpdate and TableDelete exchange the file for one with the change.
func (f *filesDB) TableCreate(
	ctx context.Context, request *contract.TableCreateRequest,
) (answer *contract.TableCreateResponse, err error) {
	err = f.directory.change(ctx, request, nil, func(table easyrest.Table) (easyrest.Table, uint64, error) {
		table, answer, err = table.Create(request)
		return table, answer.GetAffected(), err
	})
	return answer, err
}

func (f *filesDB) TableUpdate(
	ctx context.Context, request *contract.TableUpdateRequest,
) (answer *contract.TableUpdateResponse, err error) {
	err = f.directory.change(ctx, request, request.Where, func(table easyrest.Table) (easyrest.Table, uint64, error) {
		table, answer, err = table.Update(request)
		return table, answer.GetAffected(), err
	})
	return answer, err
}

func (f *filesDB) TableDelete(
	ctx context.Context, request *contract.TableDeleteRequest,
) (answer *contract.TableDeleteResponse, err error) {
	err = f.directory.change(ctx, request, request.Where, func(table easyrest.Table) (easyrest.Table, uint64, error) {
		table, answer, err = table.Delete(request)
		return table, answer.GetAffected(), err
	})
	return answer, err
}

// GetSchema describes every table that can be read; the others are in the log.
func (f *filesDB) GetSchema(context.Context, *contract.GetSchemaRequest) (*contract.GetSchemaResponse, error) {
	names, err := f.directory.tables()
	if err != nil {
		return nil, err
	}
	described := easyrest.Schema{Tables: map[string]easyrest.TableSchema{}}
	for _, name := range names {
		file, err := f.directory.find(name)
		if err != nil {
			easyrest.Log.Warn(err.Error())
			continue
		}
		table, schema, err := f.directory.read(file)
		if err != nil {
			easyrest.Log.Warn(err.Error())
			continue
		}
		described.Tables[name] = schema.describe(table)
	}
	return described.Answer()
}

func problem(file string, err error) error { return fmt.Errorf("%s: %w", file, err) }
