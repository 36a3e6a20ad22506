package easyrest

import "easyrest/contract"

// Groups and distinct rows are a table of their own, whose columns are the members of the projection: what is left of the
// request is asked of that.

func isDerived(request *contract.TableGetRequest) bool {
	if request.Distinct || len(request.Grouping) > 0 {
		return true
	}
	for _, member := range request.Select {
		if member.GetAggregate() != nil {
			return true
		}
	}
	return false
}

func (t Table) selectDerived(request *contract.TableGetRequest) (*Selection, error) {
	found, err := findRows(t.Columns, t.Rows, request.Where)
	if err != nil {
		return nil, err
	}
	derived, err := t.derive(found, request)
	if err != nil {
		return nil, err
	}
	return derived.Select(&contract.TableGetRequest{
		Where: request.Having, Ordering: aliasedOrdering(request), Page: request.Page, Count: request.Count,
		LastKeyColumns: request.LastKeyColumns,
	})
}

func (t Table) derive(found []Row, request *contract.TableGetRequest) (derived Table, err error) {
	if request.Distinct && len(request.Grouping) == 0 {
		derived.Columns, derived.Rows, err = projectRows(t.Columns, found, request.Select)
	} else {
		derived, err = t.groups(found, request)
	}
	if request.Distinct {
		derived.Rows = distinctRows(derived.Rows)
	}
	return derived, err
}

// Without grouping all rows are one group, also when there are none.
func (t Table) groups(found []Row, request *contract.TableGetRequest) (Table, error) {
	members, err := groupMembers(t.Columns, request.Select)
	if err != nil {
		return Table{}, err
	}
	groups, err := t.group(found, request.Grouping)
	if err != nil {
		return Table{}, err
	}
	derived := Table{Columns: make([]string, len(members))}
	for position, member := range request.Select {
		derived.Columns[position] = member.Alias
	}
	for _, group := range groups {
		row := make(Row, len(members))
		for position, member := range members {
			if row[position], err = member(group); err != nil {
				return Table{}, err
			}
		}
		derived.Rows = append(derived.Rows, row)
	}
	return derived, nil
}

// Groups are in the order of their first rows.
func (t Table) group(rows []Row, grouping []string) ([][]Row, error) {
	if err := CheckColumns(grouping, t.Columns); err != nil {
		return nil, err
	}
	if len(grouping) == 0 {
		return [][]Row{rows}, nil
	}
	var groups [][]Row
	places := map[string]int{}
	for _, row := range rows {
		var key []byte
		for _, column := range grouping {
			key = append(row[indexOf(t.Columns, column)].AppendJSON(key), ',')
		}
		place, known := places[string(key)]
		if !known {
			place = len(groups)
			places[string(key)] = place
			groups = append(groups, nil)
		}
		groups[place] = append(groups[place], row)
	}
	return groups, nil
}

func groupMembers(columns []string, selected []*contract.Projection) ([]func([]Row) (Value, error), error) {
	members := make([]func([]Row) (Value, error), len(selected))
	for position, member := range selected {
		var err error
		if aggregate := member.GetAggregate(); aggregate != nil {
			members[position], err = aggregation(columns, aggregate)
		} else {
			members[position], err = firstOfGroup(columns, member)
		}
		if err == nil && member.Cast != "" {
			err = unsupported(CapabilityCast)
		}
		if err != nil {
			return nil, err
		}
	}
	return members, nil
}

// A column beside aggregates is one of the grouping: the same in all rows of a group.
func firstOfGroup(columns []string, member *contract.Projection) (func([]Row) (Value, error), error) {
	project, err := projections(columns, []*contract.Projection{member})
	return func(group []Row) (Value, error) {
		if len(group) == 0 {
			return Value{}, nil
		}
		return project[0](group[0]), nil
	}, err
}

func distinctRows(rows []Row) []Row {
	seen := make(map[string]bool, len(rows))
	var distinct []Row
	for _, row := range rows {
		var key []byte
		for _, value := range row {
			key = append(value.AppendJSON(key), ',')
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			distinct = append(distinct, row)
		}
	}
	return distinct
}

// A column that is selected under another name is ordered by that one.
func aliasedOrdering(request *contract.TableGetRequest) []*contract.OrderTerm {
	terms := make([]*contract.OrderTerm, len(request.Ordering))
	for index, term := range request.Ordering {
		terms[index] = &contract.OrderTerm{
			Column: aliasOf(term.Column, request.Select), Direction: term.Direction, Nulls: term.Nulls,
		}
	}
	return terms
}

func aliasOf(name string, selected []*contract.Projection) string {
	alias := name
	for _, member := range selected {
		if member.Alias == name {
			return name
		}
		if member.GetColumn() == name {
			alias = member.Alias
		}
	}
	return alias
}
