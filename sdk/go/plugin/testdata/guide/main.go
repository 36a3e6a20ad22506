// A plugin as the guide of the original EasyREST describes one, written against the original's package. The tests build
// it after they have changed that one import path, and nothing else.
package main

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	hplugin "github.com/hashicorp/go-plugin"
	easyrest "github.com/onegreyonewhite/easyrest/plugin"
)

type guidePlugin struct {
	mutex sync.Mutex
	rows  []map[string]any
}

var columns = []string{"active", "extra", "id", "name", "ratio", "size"}

func (p *guidePlugin) InitConnection(uri string) error {
	return reach(uri)
}

func reach(uri string) error {
	if !strings.HasPrefix(uri, "guide://") && !strings.HasPrefix(uri, "guides://") {
		return errors.New("invalid guide URI")
	}
	if strings.HasSuffix(uri, "/unreachable") {
		return fmt.Errorf("cannot reach %s", uri)
	}
	return nil
}

func (p *guidePlugin) TableGet(userID, table string, selectFields []string, where map[string]any,
	ordering []string, groupBy []string, limit, offset int, ctx map[string]any) ([]map[string]any, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	switch table {
	case "things":
	case "asked": // what the host sent
		sql, args, err := easyrest.BuildWhereClauseSorted(where)
		flat, _ := easyrest.FormatToContext(ctx)
		return []map[string]any{{"select": selectFields, "sql": sql, "args": args, "ordering": ordering, "group": groupBy,
			"limit": limit, "offset": offset, "user": userID, "method": flat["method"], "sub": flat["claims_sub"]}}, err
	case "panics":
		panic("a plugin of the original gives up")
	case "odd":
		return []map[string]any{{"a": 1}, {"a": make(chan int)}}, nil
	default:
		return nil, fmt.Errorf("no such table: %s", table)
	}
	found, err := p.find(where)
	if err != nil {
		return nil, err
	}
	if err := sortRows(found, ordering, selectFields); err != nil {
		return nil, err
	}
	if offset > len(found) {
		offset = len(found)
	}
	found = found[offset:]
	if limit > 0 && limit < len(found) {
		found = found[:limit]
	}
	if len(selectFields) == 1 && strings.HasPrefix(selectFields[0], "COUNT(*) AS ") {
		return []map[string]any{{strings.TrimPrefix(selectFields[0], "COUNT(*) AS "): len(found)}}, nil
	}
	return project(found, selectFields)
}

func (p *guidePlugin) TableCreate(userID, table string, data []map[string]any, ctx map[string]any) ([]map[string]any, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if table != "things" {
		return nil, fmt.Errorf("no such table: %s", table)
	}
	tx, err := easyrest.GetTxPreference(ctx)
	if err != nil {
		return nil, err
	}
	var added []map[string]any
	for _, given := range data {
		row := map[string]any{}
		for _, column := range columns {
			row[column] = given[column]
		}
		for column := range given {
			if err := known(column); err != nil {
				return nil, err
			}
		}
		added = append(added, row)
	}
	if tx == "commit" {
		p.rows = append(p.rows, added...)
	}
	return added, nil
}

func (p *guidePlugin) TableUpdate(userID, table string, data map[string]any, where map[string]any, ctx map[string]any) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if table != "things" {
		return 0, fmt.Errorf("no such table: %s", table)
	}
	tx, err := easyrest.GetTxPreference(ctx)
	if err != nil {
		return 0, err
	}
	found, err := p.find(where)
	if err != nil {
		return 0, err
	}
	for column := range data {
		if err := known(column); err != nil {
			return 0, err
		}
	}
	if tx == "commit" {
		for _, row := range found {
			for column, value := range data {
				row[column] = value
			}
		}
	}
	return len(found), nil
}

func (p *guidePlugin) TableDelete(userID, table string, where map[string]any, ctx map[string]any) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if table != "things" {
		return 0, fmt.Errorf("no such table: %s", table)
	}
	tx, err := easyrest.GetTxPreference(ctx)
	if err != nil {
		return 0, err
	}
	var kept []map[string]any
	deleted := 0
	for _, row := range p.rows {
		matches, err := meets(row, where)
		if err != nil {
			return 0, err
		}
		if matches {
			deleted++
		} else {
			kept = append(kept, row)
		}
	}
	if tx == "commit" {
		p.rows = kept
	}
	return deleted, nil
}

func (p *guidePlugin) CallFunction(userID, funcName string, data map[string]any, ctx map[string]any) (any, error) {
	switch funcName {
	case "echo":
		return data, nil
	case "rows":
		return []map[string]any{{"n": int64(9007199254740993)}, {"n": nil}}, nil
	case "later":
		return nil, http.ErrNotSupported
	default:
		return nil, fmt.Errorf("no such function: %s", funcName)
	}
}

func (p *guidePlugin) GetSchema(ctx map[string]any) (any, error) {
	properties := map[string]any{}
	for _, column := range columns {
		properties[column] = map[string]any{"type": "string", "x-nullable": true}
	}
	table := map[string]any{"type": "object", "properties": properties}
	return map[string]any{"tables": map[string]any{"things": table}, "views": nil, "rpc": nil}, nil
}

func (p *guidePlugin) find(where map[string]any) ([]map[string]any, error) {
	var found []map[string]any
	for _, row := range p.rows {
		matches, err := meets(row, where)
		if err != nil {
			return nil, err
		}
		if matches {
			found = append(found, row)
		}
	}
	return found, nil
}

func meets(row map[string]any, where map[string]any) (bool, error) {
	for key, condition := range where {
		column := strings.TrimPrefix(key, "NOT ")
		if err := known(column); err != nil {
			return false, err
		}
		for operator, operand := range condition.(map[string]any) {
			matches, isKnown := holds(row[column], operator, operand.(string))
			if !isKnown || matches == (column != key) {
				return false, nil
			}
		}
	}
	return true, nil
}

func holds(value any, operator, operand string) (matches, isKnown bool) {
	if operator == "IS" {
		return operand == fmt.Sprint(value) || operand == "null" && value == nil, true
	}
	if value == nil {
		return false, false
	}
	if operator == "IN" {
		for _, item := range strings.Split(operand, ",") {
			if item != "" && order(value, item) == 0 {
				return true, true
			}
		}
		return false, true
	}
	switch compared := order(value, operand); operator {
	case "=":
		return compared == 0, true
	case "!=":
		return compared != 0, true
	case "<":
		return compared < 0, true
	case "<=":
		return compared <= 0, true
	case ">":
		return compared > 0, true
	case ">=":
		return compared >= 0, true
	case "LIKE":
		return pattern("", operand).MatchString(fmt.Sprint(value)), true
	case "ILIKE":
		return pattern("(?i)", operand).MatchString(fmt.Sprint(value)), true
	default:
		return false, false
	}
}

func pattern(flags, like string) *regexp.Regexp {
	text := strings.NewReplacer("%", "(?s:.*)", "_", "(?s:.)").Replace(regexp.QuoteMeta(like))
	return regexp.MustCompile(flags + "^" + text + "$")
}

func order(value any, operand string) int {
	switch known := value.(type) {
	case float64:
		number, _ := strconv.ParseFloat(operand, 64)
		return compare(known < number, known > number)
	case int64:
		number, _ := strconv.ParseInt(operand, 10, 64)
		return compare(known < number, known > number)
	default:
		return strings.Compare(fmt.Sprint(value), operand)
	}
}

func compare(less, greater bool) int {
	if less {
		return -1
	}
	if greater {
		return 1
	}
	return 0
}

func sortRows(rows []map[string]any, ordering, selectFields []string) error {
	for index := len(ordering) - 1; index >= 0; index-- {
		column, descending := strings.TrimSuffix(ordering[index], " DESC"), strings.HasSuffix(ordering[index], " DESC")
		for _, field := range selectFields {
			if strings.HasSuffix(field, " AS "+column) {
				column = strings.TrimSuffix(field, " AS "+column)
			}
		}
		if err := known(column); err != nil {
			return err
		}
		sort.SliceStable(rows, func(i, j int) bool {
			if descending {
				i, j = j, i
			}
			left, right := rows[i][column], rows[j][column]
			if left == nil || right == nil {
				return left != nil
			}
			return order(left, fmt.Sprint(right)) < 0
		})
	}
	return nil
}

func project(rows []map[string]any, selectFields []string) ([]map[string]any, error) {
	if len(selectFields) == 0 {
		return rows, nil
	}
	projected := make([]map[string]any, len(rows))
	for index, row := range rows {
		projected[index] = map[string]any{}
		for _, field := range selectFields {
			column, alias := field, field
			if at := strings.LastIndex(field, " AS "); at >= 0 {
				column, alias = field[:at], field[at+4:]
			}
			if strings.HasPrefix(column, "'") {
				projected[index][alias] = strings.ReplaceAll(column[1:len(column)-1], "''", "'")
				continue
			}
			if err := known(column); err != nil {
				return nil, err
			}
			projected[index][alias] = row[column]
		}
	}
	return projected, nil
}

func known(column string) error {
	for _, name := range columns {
		if name == column {
			return nil
		}
	}
	return fmt.Errorf("no such column: %s", column)
}

type guideCache struct {
	mutex   sync.Mutex
	entries map[string]entry
}

type entry struct {
	value string
	ends  time.Time
}

func (c *guideCache) InitConnection(uri string) error { return reach(uri) }

func (c *guideCache) Set(key string, value string, ttl time.Duration) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.entries[key] = entry{value, time.Now().Add(ttl)}
	return nil
}

func (c *guideCache) Get(key string) (string, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if found, ok := c.entries[key]; ok && time.Now().Before(found.ends) {
		return found.value, nil
	}
	return "", errors.New("cache miss")
}

type guideQuery struct{ guidePlugin }

func (q *guideQuery) QueryCall(query string, ctx map[string]any) ([]map[string]any, error) {
	return []map[string]any{{"query": query}}, nil
}

func main() {
	showVersion := flag.Bool("version", false, "Show version and exit")
	flag.Parse()
	if *showVersion {
		fmt.Println(easyrest.Version)
		return
	}
	fmt.Fprintln(os.Stderr, "the plugin of the guide starts")
	hplugin.Serve(&hplugin.ServeConfig{
		HandshakeConfig: easyrest.Handshake,
		Plugins: map[string]hplugin.Plugin{
			"db":    &easyrest.DBPluginPlugin{Impl: &guidePlugin{}},
			"cache": &easyrest.CachePluginPlugin{Impl: &guideCache{entries: map[string]entry{}}},
			"query": &easyrest.DBQueryPluginPlugin{Impl: &guideQuery{}},
		},
	})
}
