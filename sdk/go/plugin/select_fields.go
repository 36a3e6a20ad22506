package plugin

import (
	"strings"

	"easyrest/contract"
)

// selectFields are projections as the SQL expressions that plugins of the original get.
func selectFields(members []*contract.Projection) ([]string, error) {
	fields := make([]string, len(members))
	for index, member := range members {
		if member.Cast != "" {
			return nil, notExpressible("a cast")
		}
		expression, err := selectExpression(member)
		if err != nil {
			return nil, err
		}
		if expression != member.Alias {
			expression += " AS " + member.Alias
		}
		fields[index] = expression
	}
	return fields, nil
}

func aliases(members []*contract.Projection) []string {
	names := make([]string, len(members))
	for index, member := range members {
		names[index] = member.Alias
	}
	return names
}

func selectExpression(member *contract.Projection) (string, error) {
	switch source := member.Source.(type) {
	case *contract.Projection_Column:
		return source.Column, nil
	case *contract.Projection_Value:
		return "'" + strings.ReplaceAll(source.Value, "'", "''") + "'", nil
	case *contract.Projection_Aggregate:
		return aggregateExpression(source.Aggregate)
	default:
		return "", notExpressible("this member of select")
	}
}

var aggregateNames = map[contract.AggregateFunction]string{
	contract.AggregateFunction_AGGREGATE_FUNCTION_COUNT: "COUNT",
	contract.AggregateFunction_AGGREGATE_FUNCTION_SUM:   "SUM",
	contract.AggregateFunction_AGGREGATE_FUNCTION_AVG:   "AVG",
	contract.AggregateFunction_AGGREGATE_FUNCTION_MIN:   "MIN",
	contract.AggregateFunction_AGGREGATE_FUNCTION_MAX:   "MAX",
}

func aggregateExpression(aggregate *contract.Aggregate) (string, error) {
	name, ok := aggregateNames[aggregate.Function]
	if !ok {
		return "", notExpressible(aggregate.Function.String())
	}
	argument := aggregate.Column
	if argument == "" {
		argument = "*"
	}
	if aggregate.Distinct {
		argument = "DISTINCT " + argument
	}
	return name + "(" + argument + ")", nil
}

// orderingOf are the order terms as plugins of the original get them, which put them into SQL as they are.
func orderingOf(terms []*contract.OrderTerm) ([]string, error) {
	ordering := make([]string, len(terms))
	for index, term := range terms {
		if term.Nulls != contract.Nulls_NULLS_UNSPECIFIED {
			return nil, notExpressible("a place for nulls")
		}
		ordering[index] = term.Column
		if term.Direction == contract.Direction_DIRECTION_DESC {
			ordering[index] += " DESC"
		}
	}
	return ordering, nil
}
