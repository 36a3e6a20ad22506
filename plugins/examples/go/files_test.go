package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"easyrest"
	"easyrest/contract"
)

func open(t *testing.T, files map[string]string) (*filesDB, string) {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	db := &filesDB{}
	if _, err := db.InitConnection(context.Background(), easyrest.Connection{URI: "files://" + folder}); err != nil {
		t.Fatal(err)
	}
	return db, folder
}

func rowsIn(t *testing.T, db *filesDB, table string) string {
	t.Helper()
	answer, err := db.TableGet(context.Background(), &contract.TableGetRequest{Table: table})
	if err != nil {
		t.Fatal(err)
	}
	return string(answer.Rows)
}

func create(db *filesDB, table, rows string) error {
	_, err := db.TableCreate(context.Background(), &contract.TableCreateRequest{Table: table, Rows: []byte(rows)})
	return err
}

func expectReason(t *testing.T, err error, reason easyrest.Reason) {
	t.Helper()
	var failure *easyrest.Error
	if !errors.As(err, &failure) || failure.Reason != reason {
		t.Errorf("expected %s, got %v", reason, err)
	}
}

func TestEveryFormatKeepsWhatItIsGiven(t *testing.T) {
	const row = `{"id":9007199254740993,"a":"007","b":"true","c":"","d":null,"e":1.50,"f":false,"g":"a,\"b\"\n\r\nc ","h":" x","i":"1e5"}`
	for _, extension := range []string{"csv", "json", "ndjson", "jsonl"} {
		db, _ := open(t, map[string]string{"things." + extension: ""})
		for _, rows := range []string{"[" + row + "]", "[" + row + "," + row + "]"} {
			if err := create(db, "things", rows); err != nil {
				t.Fatalf("%s: %s", extension, err)
			}
		}
		if found := rowsIn(t, db, "things"); found != "["+row+","+row+","+row+"]" {
			t.Errorf("%s: expected three times %s, got %s", extension, row, found)
		}
	}
}

func TestCSVAsOthersWriteIt(t *testing.T) {
	db, _ := open(t, map[string]string{
		"plain.csv": "\uFEFFid,name,\"full, name\"\r\n1,Bergen,\"a\"\"b\r\nc\"\r\n\r\n02,,x",
		"one.csv":   "n\n1\n\n",
		"bom.json":  "\uFEFF[{\"a\":1}]\n",
	})
	if found := rowsIn(t, db, "bom"); found != `[{"a":1}]` {
		t.Errorf("expected a byte order mark to be no part of JSON, got %s", found)
	}
	expected := `[{"id":1,"name":"Bergen","full, name":"a\"b\r\nc"},{"id":"02","name":null,"full, name":"x"}]`
	if found := rowsIn(t, db, "plain"); found != expected {
		t.Errorf("expected %s, got %s", expected, found)
	}
	if found := rowsIn(t, db, "one"); found != `[{"n":1},{"n":null}]` {
		t.Errorf("expected an empty line to be NULL, got %s", found)
	}
}

func TestFilesThatAreBrokenAreNamedWithTheirLine(t *testing.T) {
	for file, content := range map[string]string{
		"a.csv":    "x,y\n1,2\n3\n",
		"b.csv":    "x\n\"open\n",
		"c.csv":    "x,x\n1,2\n",
		"d.csv":    "x\n\"a\"b\n",
		"e.json":   `[{"a":1},2]`,
		"f.json":   `{"a":1}`,
		"g.ndjson": "{\"a\":1}\n{\"a\":}\n",
		"h.ndjson": "{\"a\":1}{\"a\":2}\n",
		"i.json":   `[{"a":1}] [{"a":2}]`,
		"j.json":   `[{"a":1,"a":2}]`,
		"k.json":   "[{\"a\":\"\xff\"}]",
		"l.ndjson": "{\"a\":\"\xff\"}",
		"m.csv":    "\xff\xfea\x00\n\x001\x00\n\x00",
	} {
		db, folder := open(t, map[string]string{file: content, "good.csv": "x\n1\n"})
		table := strings.SplitN(file, ".", 2)[0]
		_, err := db.TableGet(context.Background(), &contract.TableGetRequest{Table: table})
		if err == nil || !strings.HasPrefix(err.Error(), file+": ") {
			t.Errorf("%s: expected an error that names the file, got %v", file, err)
		}
		if blaming := new(easyrest.Error); errors.As(err, &blaming) {
			t.Errorf("%s: expected a failure of the plugin, not of the request, got %v", file, err)
		}
		if err := create(db, table, `[{"x":1}]`); err == nil {
			t.Errorf("%s: expected no write into a file that cannot be read", file)
		}
		if kept, _ := os.ReadFile(filepath.Join(folder, file)); string(kept) != content {
			t.Errorf("%s: was changed to %q", file, kept)
		}
		schema, err := db.GetSchema(context.Background(), nil)
		if err != nil || !strings.Contains(string(schema.Schema), `"good"`) {
			t.Errorf("%s: expected the other tables to be described, got %v", file, err)
		}
	}
}

func TestOnlyFilesOfTheDirectoryAreTables(t *testing.T) {
	db, folder := open(t, map[string]string{"Users.csv": "id\n1\n", "a-b.csv": "id\n1\n", "twice.csv": "id\n", "twice.json": "[]"})
	outside := filepath.Join(t.TempDir(), "secret.csv")
	_ = os.WriteFile(outside, []byte("id\n1\n"), 0o600)
	_ = os.Symlink(outside, filepath.Join(folder, "linked.csv"))
	for _, table := range []string{"linked", "users", "a-b", "../secret", "", ".", "Users.csv"} {
		_, err := db.TableGet(context.Background(), &contract.TableGetRequest{Table: table})
		expectReason(t, err, easyrest.ReasonUnknownTable)
	}
	_, err := db.TableGet(context.Background(), &contract.TableGetRequest{Table: "twice"})
	expectReason(t, err, easyrest.ReasonConflict)
}

func TestSchemaIsKept(t *testing.T) {
	const schema = `{"columns":[{"name":"id","type":"integer"},{"name":"zip","type":"string","required":true}],"primaryKey":["id"]}`
	db, _ := open(t, map[string]string{"places.csv": "zip,id\n12345,1\n", "places.schema.json": schema})
	if found := rowsIn(t, db, "places"); found != `[{"id":1,"zip":"12345"}]` {
		t.Errorf("expected the columns and types of the schema, got %s", found)
	}
	expectReason(t, create(db, "places", `[{"id":1,"zip":"x"}]`), easyrest.ReasonUnique)
	expectReason(t, create(db, "places", `[{"id":1.5,"zip":"x"}]`), easyrest.ReasonBadValue)
	expectReason(t, create(db, "places", `[{"id":2}]`), easyrest.ReasonNotNull)
	expectReason(t, create(db, "places", `[{"id":2,"zip":"x","more":1}]`), easyrest.ReasonUnknownColumn)
	if err := create(db, "places", `[{"id":2,"zip":"1"}]`); err != nil {
		t.Error(err)
	}
}

func TestChangesOfOthersAreSeenAtOnce(t *testing.T) {
	db, folder := open(t, map[string]string{"n.csv": "n\n1\n"})
	for count := 0; count < 50; count++ {
		content := fmt.Sprintf("n\n%d\n", count%10)
		_ = os.WriteFile(filepath.Join(folder, "n.csv"), []byte(content), 0o600)
		if found := rowsIn(t, db, "n"); found != fmt.Sprintf(`[{"n":%d}]`, count%10) {
			t.Fatalf("expected %q to be read, got %s", content, found)
		}
	}
}

func TestWritesOfSeveralProcessesAreAllKept(t *testing.T) {
	if folder := os.Getenv("FILES_TEST_FOLDER"); folder != "" {
		appendMany(t, folder)
		return
	}
	db, folder := open(t, map[string]string{"log.ndjson": ""})
	const processes = 3
	var group sync.WaitGroup
	for process := 0; process < processes; process++ {
		other := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		other.Env = append(os.Environ(), "FILES_TEST_FOLDER="+folder)
		group.Add(1)
		go func() {
			defer group.Done()
			if output, err := other.CombinedOutput(); err != nil {
				t.Errorf("%s: %s", err, output)
			}
		}()
	}
	group.Wait()
	rows := rowsIn(t, db, "log")
	if count := strings.Count(rows, `"n":`); count != processes*writesOfEach {
		t.Errorf("expected %d rows, got %d", processes*writesOfEach, count)
	}
	if mode := modeOf(t, filepath.Join(folder, "log.ndjson")); mode != 0o640 {
		t.Errorf("expected the mode of the file to stay 640, got %o", mode)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, temporaryPrefix+"*")); len(left) > 0 {
		t.Errorf("expected nothing to be left, got %v", left)
	}
}

const writesOfEach = 40

// Four goroutines of one process, which flock must keep apart too.
func appendMany(t *testing.T, folder string) {
	db := &filesDB{directory: openDirectory(folder)}
	var group sync.WaitGroup
	for writer := 0; writer < 4; writer++ {
		group.Add(1)
		go func(writer int) {
			defer group.Done()
			for count := 0; count < writesOfEach/4; count++ {
				if err := create(db, "log", fmt.Sprintf(`[{"n":%d,"pid":%d}]`, writer, os.Getpid())); err != nil {
					t.Error(err)
				}
			}
		}(writer)
	}
	group.Wait()
}

func modeOf(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestWriteThatIsGivenUpChangesNothing(t *testing.T) {
	db, _ := open(t, map[string]string{"n.csv": "n\n1\n"})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := db.TableCreate(ctx, &contract.TableCreateRequest{Table: "n", Rows: []byte(`[{"n":2}]`)})
	if err == nil || rowsIn(t, db, "n") != `[{"n":1}]` {
		t.Errorf("expected the write to be given up, got %v and %s", err, rowsIn(t, db, "n"))
	}
}

func TestNothingAffectedLeavesTheFileAlone(t *testing.T) {
	const written = "n , m\n\"1\",2\n"
	db, folder := open(t, map[string]string{"n.csv": written})
	none := &contract.Predicate{Kind: &contract.Predicate_Or{Or: &contract.PredicateList{}}}
	_, err := db.TableDelete(context.Background(), &contract.TableDeleteRequest{Table: "n", Where: none})
	if kept, _ := os.ReadFile(filepath.Join(folder, "n.csv")); err != nil || string(kept) != written {
		t.Errorf("expected %q, got %q (%v)", written, kept, err)
	}
}
