package easyrest

import "easyrest/contract"

// Condition tells whether a row meets a condition.
type Condition func(row Row) (bool, error)

// Where compiles the condition of a request for rows with these columns; every operator, and SQL's three-valued logic: a
// comparison with NULL is unknown, and so is its negation. No condition is met by every row. Failures are
// ReasonUnknownColumn, and ReasonBadValue where a number is compared with something else.
func Where(columns []string, where *contract.Predicate) (Condition, error) {
	if where == nil {
		return func(Row) (bool, error) { return true, nil }, nil
	}
	evaluate, err := compile(columns, where)
	if err != nil {
		return nil, err
	}
	return func(row Row) (bool, error) {
		found, err := evaluate(row)
		return found == yes, err
	}, nil
}

// truth is ordered: `and` is the least of its items, `or` the greatest.
type truth int8

const (
	no      truth = -1
	unknown truth = 0
	yes     truth = 1
)

type evaluation func(row Row) (truth, error)

func compile(columns []string, where *contract.Predicate) (evaluation, error) {
	switch kind := where.GetKind().(type) {
	case *contract.Predicate_Comparison:
		return compileComparison(columns, kind.Comparison)
	case *contract.Predicate_And:
		return compileList(columns, kind.And.Items, no)
	case *contract.Predicate_Or:
		return compileList(columns, kind.Or.Items, yes)
	case *contract.Predicate_Not:
		item, err := compile(columns, kind.Not)
		return func(row Row) (truth, error) {
			found, err := item(row)
			return -found, err
		}, err
	default:
		return nil, Errorf(ReasonUnsupported, "this plugin does not know a condition of this request")
	}
}

// An item that is `decisive` ends the list: no for `and`, yes for `or`.
func compileList(columns []string, items []*contract.Predicate, decisive truth) (evaluation, error) {
	compiled := make([]evaluation, len(items))
	for index, item := range items {
		var err error
		if compiled[index], err = compile(columns, item); err != nil {
			return nil, err
		}
	}
	return func(row Row) (truth, error) {
		result := -decisive
		for _, item := range compiled {
			found, err := item(row)
			if err != nil || found == decisive {
				return found, err
			}
			if found == unknown {
				result = unknown
			}
		}
		return result, nil
	}, nil
}
