package plugin

import (
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strings"
)

// BuildWhereClause makes SQL of a where map: " WHERE a = ? AND NOT (b > ?)" and its arguments, or "" of an empty one. A
// condition is {"a": {"=": "42"}}, or {"a": "42"} for the same; {"NOT a": ...} negates it. Operators are those of SQL or
// their names in a URL (eq, neq, lt, lte, gt, gte, like, ilike, is, in). The operand of IN is a list, or its items joined by
// commas. A field may be LOWER(a) or "a COLLATE NOCASE" too. Conditions are in the order of BuildWhereClauseSorted.
func BuildWhereClause(where map[string]any) (string, []any, error) {
	return BuildWhereClauseSorted(where)
}

// BuildWhereClauseSorted is BuildWhereClause; conditions are sorted by field and operator.
func BuildWhereClauseSorted(where map[string]any) (string, []any, error) {
	conditions, err := conditionsOf(where)
	if err != nil || len(conditions) == 0 {
		return "", nil, err
	}
	sort.Slice(conditions, func(i, j int) bool { return conditions[i].sortKey < conditions[j].sortKey })
	texts := make([]string, len(conditions))
	var arguments []any
	for index, condition := range conditions {
		texts[index] = condition.text
		arguments = append(arguments, condition.arguments...)
	}
	return " WHERE " + strings.Join(texts, " AND "), arguments, nil
}

type condition struct {
	text      string
	arguments []any
	sortKey   string
}

func conditionsOf(where map[string]any) ([]condition, error) {
	var all []condition
	for key, value := range where {
		operands, ok := value.(map[string]any)
		if !ok {
			operands = map[string]any{"=": value}
		}
		for operator, operand := range operands {
			made, err := conditionOf(key, operator, operand)
			if err != nil {
				return nil, err
			}
			all = append(all, made)
		}
	}
	return all, nil
}

func conditionOf(key, operator string, operand any) (condition, error) {
	field := strings.TrimPrefix(key, "NOT ")
	if !fieldForm.MatchString(field) {
		return condition{}, fmt.Errorf("invalid field name: %q", field)
	}
	sqlOperator, err := operatorOf(operator)
	if err != nil {
		return condition{}, err
	}
	text, arguments := comparison(field, sqlOperator, operand)
	if field != key {
		return condition{"NOT (" + text + ")", arguments, field + "|NOT " + sqlOperator}, nil
	}
	return condition{text, arguments, field + "|" + sqlOperator}, nil
}

// What plugins make of fields before they hand them on.
var fieldForm = regexp.MustCompile(`^(?:[A-Za-z_]\w*|LOWER\([A-Za-z_]\w*\)|[A-Za-z_]\w* COLLATE NOCASE)$`)

var operatorNames = map[string]string{
	"eq": "=", "neq": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=",
	"like": "LIKE", "ilike": "ILIKE", "is": "IS", "in": "IN",
}

// Operators of a database of one's own are words or signs; nothing that ends a statement or begins a comment.
var operatorForm = regexp.MustCompile(`^(?:[A-Z]+(?: [A-Z]+)*|[<>=!~@|&#^%]+)$`)

func operatorOf(operator string) (string, error) {
	if known, ok := operatorNames[operator]; ok {
		return known, nil
	}
	if operatorForm.MatchString(operator) {
		return operator, nil
	}
	return "", fmt.Errorf("unknown operator: %s", operator)
}

func comparison(field, operator string, operand any) (string, []any) {
	switch operator {
	case "IN":
		items := itemsOf(operand)
		if len(items) == 0 {
			return field + " IN (NULL)", nil
		}
		return fmt.Sprintf("%s IN (%s)", field, strings.TrimSuffix(strings.Repeat("?,", len(items)), ",")), items
	case "IS":
		if state, ok := states[strings.ToLower(fmt.Sprint(operand))]; ok {
			return field + " IS " + state, nil
		}
	}
	return fmt.Sprintf("%s %s ?", field, operator), []any{operand}
}

// No database takes these as parameters.
var states = map[string]string{
	"null": "NULL", "<nil>": "NULL", "not_null": "NOT NULL", "true": "TRUE", "false": "FALSE", "unknown": "NULL",
}

func itemsOf(operand any) []any {
	switch known := operand.(type) {
	case nil:
		return []any{nil}
	case []any:
		return known
	case string:
		if strings.TrimSpace(known) == "" {
			return nil
		}
		var items []any
		for _, item := range strings.Split(known, ",") {
			items = append(items, strings.TrimSpace(item))
		}
		return items
	default:
		return listItems(reflect.ValueOf(operand))
	}
}

// A list of any type; bytes are one value.
func listItems(operand reflect.Value) []any {
	if kind := operand.Kind(); kind != reflect.Slice && kind != reflect.Array || operand.Type().Elem().Kind() == reflect.Uint8 {
		return []any{operand.Interface()}
	}
	items := make([]any, operand.Len())
	for index := range items {
		items[index] = operand.Index(index).Interface()
	}
	return items
}
