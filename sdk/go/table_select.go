package easyrest

import "easyrest/contract"

// Selection is what a TableGet found in a Table.
type Selection struct {
	Columns []string // names of the answer's members
	Rows    []Row
	Total   *uint64 // rows that the condition found, when a count was asked
	LastKey []byte
}

// Select does what a TableGet asks for, casts aside. Failures are ReasonUnknownColumn, ReasonBadValue and
// ReasonUnsupported.
func (t Table) Select(request *contract.TableGetRequest) (*Selection, error) {
	if isDerived(request) {
		return t.selectDerived(request)
	}
	columns := t.Columns
	found, err := findRows(columns, t.Rows, request.Where)
	if err != nil {
		return nil, err
	}
	selection := &Selection{}
	if request.Count == contract.CountMode_COUNT_MODE_EXACT {
		total := uint64(len(found))
		selection.Total = &total
	}
	if found, err = sortRows(columns, found, request.Ordering, request.Select); err != nil {
		return nil, err
	}
	found = cutPage(found, request.Page)
	if selection.LastKey, err = lastKey(columns, found, request.LastKeyColumns); err != nil {
		return nil, err
	}
	if selection.Columns, selection.Rows, err = projectRows(columns, found, request.Select); err != nil {
		return nil, err
	}
	return selection, nil
}

// Answer is the selection as a TableGet answers it; nil of nil.
func (s *Selection) Answer() *contract.TableGetResponse {
	if s == nil {
		return nil
	}
	return &contract.TableGetResponse{
		Rows: PrintRows(s.Columns, s.Rows), RowCount: uint64(len(s.Rows)), Total: s.Total, LastKey: s.LastKey,
	}
}

// findRows answers the rows that meet a condition, in their order.
func findRows(columns []string, rows []Row, where *contract.Predicate) ([]Row, error) {
	condition, err := Where(columns, where)
	if err != nil {
		return nil, err
	}
	var found []Row
	for _, row := range rows {
		matches, err := condition(row)
		if err != nil {
			return nil, err
		}
		if matches {
			found = append(found, row)
		}
	}
	return found, nil
}

// projectRows answers the members that `selected` asks for, under their aliases; whole rows when it is empty. Columns and
// constant values only.
func projectRows(columns []string, rows []Row, selected []*contract.Projection) ([]string, []Row, error) {
	if len(selected) == 0 {
		return columns, rows, nil
	}
	members, err := projections(columns, selected)
	if err != nil {
		return nil, nil, err
	}
	names := make([]string, len(selected))
	for index, member := range selected {
		names[index] = member.Alias
	}
	projected := make([]Row, len(rows))
	for index, row := range rows {
		projected[index] = make(Row, len(members))
		for position, member := range members {
			projected[index][position] = member(row)
		}
	}
	return names, projected, nil
}

func projections(columns []string, selected []*contract.Projection) ([]func(Row) Value, error) {
	members := make([]func(Row) Value, len(selected))
	for position, member := range selected {
		switch source := member.Source.(type) {
		case *contract.Projection_Column:
			index := indexOf(columns, source.Column)
			if index < 0 {
				return nil, UnknownColumn(source.Column, columns)
			}
			members[position] = func(row Row) Value { return row[index] }
		case *contract.Projection_Value:
			members[position] = func(Row) Value { return TextValue(source.Value) }
		default:
			return nil, unsupported(CapabilityAggregates)
		}
		if member.Cast != "" {
			return nil, unsupported(CapabilityCast)
		}
	}
	return members, nil
}

func cutPage(rows []Row, page *contract.Page) []Row {
	count := uint64(len(rows))
	start := page.GetOffset()
	if start > count {
		start = count
	}
	rows = rows[start:]
	if page != nil && page.Limit != nil && *page.Limit < uint64(len(rows)) {
		rows = rows[:*page.Limit]
	}
	return rows
}

// A JSON array; empty where there is no row.
func lastKey(columns []string, rows []Row, names []string) ([]byte, error) {
	if err := CheckColumns(names, columns); err != nil || len(names) == 0 || len(rows) == 0 {
		return nil, err
	}
	last := rows[len(rows)-1]
	printed := []byte{'['}
	for position, name := range names {
		if position > 0 {
			printed = append(printed, ',')
		}
		printed = last[indexOf(columns, name)].AppendJSON(printed)
	}
	return append(printed, ']'), nil
}
