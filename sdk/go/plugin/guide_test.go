package plugin

import (
	"encoding/json"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	hplugin "github.com/hashicorp/go-plugin"
)

// The wire of the original, as its own host has it: other types than those of this package, with the same fields.
type originalDB struct{ hplugin.Plugin }

func (originalDB) Client(_ *hplugin.MuxBroker, client *rpc.Client) (any, error) { return client, nil }

func TestPluginOfTheGuideServesTheOriginalHost(t *testing.T) {
	host := hplugin.NewClient(&hplugin.ClientConfig{
		HandshakeConfig: hplugin.HandshakeConfig{
			ProtocolVersion: 1, MagicCookieKey: "EASYREST_PLUGIN", MagicCookieValue: "easyrest",
		},
		Plugins:          hplugin.PluginSet{"db": originalDB{}, "cache": &CachePluginPlugin{}, "query": &DBQueryPluginPlugin{}},
		Cmd:              exec.Command(buildGuide(t)),
		AllowedProtocols: []hplugin.Protocol{hplugin.ProtocolNetRPC},
		Logger:           hclog.NewNullLogger(),
	})
	defer host.Kill()
	protocol, err := host.Client()
	if err != nil {
		t.Fatal(err)
	}
	checkOriginalDB(t, dispense(t, protocol, "db").(*rpc.Client))
	checkOriginalCache(t, dispense(t, protocol, "cache").(CachePlugin))
	rows, err := dispense(t, protocol, "query").(DBQueryPlugin).QueryCall("SELECT 1", nil)
	if err != nil || rows[0]["query"] != "SELECT 1" {
		t.Errorf("expected the statement back, got %v (%v)", rows, err)
	}
}

func checkOriginalDB(t *testing.T, db *rpc.Client) {
	t.Helper()
	type response struct {
		Rows  []map[string]any
		Error string
	}
	var connected struct{ Error string }
	call(t, db, "InitConnection", struct{ URI string }{"guide://x"}, &connected)
	row := map[string]any{"id": 1.0, "name": "Bergen", "extra": []any{"a", map[string]any{"b": true}}}
	ctx := map[string]any{"prefer": map[string]any{"tx": "commit"}}
	var created, found, failed response
	call(t, db, "TableCreate", struct {
		UserID, Table string
		Data          []map[string]any
		Ctx           map[string]any
	}{"u", "things", []map[string]any{row}, ctx}, &created)
	type get struct {
		UserID, Table                   string
		SelectFields, Ordering, GroupBy []string
		Where, Ctx                      map[string]any
		Limit, Offset                   int
	}
	where := map[string]any{"name": map[string]any{"=": "Bergen"}}
	call(t, db, "TableGet", get{Table: "things", SelectFields: []string{"id", "extra AS e"}, Where: where}, &found)
	expected := []map[string]any{{"id": 1.0, "e": row["extra"]}}
	if !reflect.DeepEqual(found.Rows, expected) {
		t.Errorf("expected %v, got %v", expected, found)
	}
	call(t, db, "TableGet", get{Table: "nothing"}, &failed)
	if failed.Error != "no such table: nothing" {
		t.Errorf("expected the plugin's own text, got %q", failed.Error)
	}
}

func checkOriginalCache(t *testing.T, cache CachePlugin) {
	t.Helper()
	if err := first(cache.InitConnection("guide://x"), cache.Set("k", "v", time.Minute)); err != nil {
		t.Fatal(err)
	}
	if value, err := cache.Get("k"); err != nil || value != "v" {
		t.Errorf("expected v, got %q (%v)", value, err)
	}
	if _, err := cache.Get("none"); err == nil || err.Error() != "cache miss" {
		t.Errorf("expected a miss, got %v", err)
	}
}

func call(t *testing.T, db *rpc.Client, method string, request, response any) {
	t.Helper()
	if err := db.Call("Plugin."+method, request, response); err != nil {
		t.Fatalf("%s: %s", method, err)
	}
}

func dispense(t *testing.T, protocol hplugin.ClientProtocol, name string) any {
	t.Helper()
	raw, err := protocol.Dispense(name)
	if err != nil {
		t.Fatalf("%s: %s", name, err)
	}
	return raw
}

const originalImport = `"github.com/onegreyonewhite/easyrest/plugin"`

// buildGuide builds testdata/guide after its import path was changed, and nothing else.
func buildGuide(t *testing.T) string {
	t.Helper()
	source, err := filepath.Abs("testdata/guide/main.go")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(source)
	if err != nil || strings.Count(string(text), originalImport) != 1 {
		t.Fatalf("expected the original's import path, once, in %s (%v)", source, err)
	}
	folder := t.TempDir()
	changed := filepath.Join(folder, "main.go")
	overlay := filepath.Join(folder, "overlay.json")
	program := filepath.Join(folder, "easyrest-plugin-guide")
	replaced, _ := json.Marshal(map[string]any{"Replace": map[string]string{source: changed}})
	err = first(
		os.WriteFile(changed, []byte(strings.Replace(string(text), originalImport, `"easyrest/plugin"`, 1)), 0o600),
		os.WriteFile(overlay, replaced, 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-overlay", overlay, "-o", program, "./testdata/guide")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s: %s", err, output)
	}
	return program
}
