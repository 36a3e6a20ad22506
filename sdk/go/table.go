package easyrest

import "easyrest/contract"

// Table is a table in memory, which answers requests for databases without a query language. It is never changed: a
// write answers the table as it is afterwards, and what becomes of that is the caller's, who looks at KeepsNothing first.
// A plugin that answers with it names TableCapabilities, and CapabilityReturning where tables have keys.
type Table struct {
	Columns []string // none: the first Create decides
	Key     []string // columns of the primary key; none: there is no key
	Rows    []Row    // each with a value for each column
}

// Create adds the rows of a request. A column that an object lacks is NULL.
func (t Table) Create(request *contract.TableCreateRequest) (Table, *contract.TableCreateResponse, error) {
	objects, err := ParseObjects(request.Rows)
	if err != nil {
		return t, nil, err
	}
	names := request.Columns
	if len(names) == 0 && len(objects) > 0 {
		names = objects[0].Names()
	}
	if len(t.Columns) == 0 {
		t.Columns = names
	}
	if err := CheckColumns(names, t.Columns); err != nil {
		return t, nil, err
	}
	added := make([]Row, len(objects))
	for index, object := range objects {
		added[index] = t.rowOf(object, names)
	}
	t.Rows = append(t.Rows[:len(t.Rows):len(t.Rows)], added...)
	affected := uint64(len(added))
	if err := first(t.checkKey(), CheckWrite(request, affected)); err != nil {
		return t, nil, err
	}
	answer := &contract.TableCreateResponse{Affected: affected, Inserted: affected}
	returning := request.Returning
	if returning == contract.Returning_RETURNING_UNSPECIFIED {
		returning = contract.Returning_RETURNING_ROWS
	}
	if returning == contract.Returning_RETURNING_KEYS {
		answer.Keys, err = t.keysOf(added)
	} else {
		answer.Rows, answer.RowCount, err = t.written(added, returning, request.Select)
	}
	return t, answer, err
}

// Update changes the rows that meet the condition of a request.
func (t Table) Update(request *contract.TableUpdateRequest) (Table, *contract.TableUpdateResponse, error) {
	data, err := ParseObject(request.Data)
	if err != nil {
		return t, nil, err
	}
	if err := CheckColumns(data.Names(), t.Columns); err != nil {
		return t, nil, err
	}
	if err := t.checkIfMatch(request.IfMatch, request.Where, request.IfMatchSelect); err != nil {
		return t, nil, err
	}
	rows, changed, err := t.split(request.Where, func(row Row) Row { return t.changed(row, data) })
	if err != nil {
		return t, nil, err
	}
	t.Rows = rows
	answer := &contract.TableUpdateResponse{Affected: uint64(len(changed))}
	if err := first(t.checkKey(), CheckWrite(request, answer.Affected)); err != nil {
		return t, nil, err
	}
	answer.Rows, answer.RowCount, err = t.written(changed, request.Returning, request.Select)
	return t, answer, err
}

// Delete removes the rows that meet the condition of a request.
func (t Table) Delete(request *contract.TableDeleteRequest) (Table, *contract.TableDeleteResponse, error) {
	if err := t.checkIfMatch(request.IfMatch, request.Where, request.IfMatchSelect); err != nil {
		return t, nil, err
	}
	var removed []Row
	kept, _, err := t.split(request.Where, func(row Row) Row {
		removed = append(removed, row)
		return nil
	})
	if err != nil {
		return t, nil, err
	}
	t.Rows = kept
	answer := &contract.TableDeleteResponse{Affected: uint64(len(removed))}
	if err := CheckWrite(request, answer.Affected); err != nil {
		return t, nil, err
	}
	answer.Rows, answer.RowCount, err = t.written(removed, request.Returning, request.Select)
	return t, answer, err
}

func (t Table) checkIfMatch(tags []string, where *contract.Predicate, selected []*contract.Projection) error {
	if len(tags) == 0 {
		return nil
	}
	found, err := t.Select(&contract.TableGetRequest{Where: where, Select: selected})
	if err != nil {
		return err
	}
	return CheckIfMatch(tags, PrintRows(found.Columns, found.Rows), uint64(len(found.Rows)))
}

// Only members that are named are written.
func (t Table) rowOf(object Object, names []string) Row {
	row := make(Row, len(t.Columns))
	for _, member := range object {
		if indexOf(names, member.Name) >= 0 {
			row[indexOf(t.Columns, member.Name)] = member.Value
		}
	}
	return row
}

func (t Table) changed(row Row, data Object) Row {
	changed := append(Row(nil), row...)
	for _, member := range data {
		changed[indexOf(t.Columns, member.Name)] = member.Value
	}
	return changed
}

// split answers all rows, those that meet the condition as `replace` makes them (nil: gone), and the latter alone.
func (t Table) split(where *contract.Predicate, replace func(Row) Row) (rows, replaced []Row, err error) {
	condition, err := Where(t.Columns, where)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range t.Rows {
		matches, err := condition(row)
		if err != nil {
			return nil, nil, err
		}
		if matches {
			if row = replace(row); row == nil {
				continue
			}
			replaced = append(replaced, row)
		}
		rows = append(rows, row)
	}
	return rows, replaced, nil
}

// Rows as a write answers them.
func (t Table) written(
	rows []Row, returning contract.Returning, selected []*contract.Projection,
) (printed []byte, count uint64, err error) {
	switch returning {
	case contract.Returning_RETURNING_ROWS:
	case contract.Returning_RETURNING_KEYS:
		if len(t.Key) == 0 {
			return nil, 0, Errorf(ReasonUnsupported, "the table has no primary key").With("capability", "returning")
		}
		selected = keyProjection(t.Key)
	default:
		return nil, 0, nil
	}
	names, projected, err := projectRows(t.Columns, rows, selected)
	if err != nil {
		return nil, 0, err
	}
	return PrintRows(names, projected), uint64(len(projected)), nil
}

func (t Table) keysOf(rows []Row) ([]byte, error) {
	printed, _, err := t.written(rows, contract.Returning_RETURNING_KEYS, nil)
	return printed, err
}

func keyProjection(key []string) []*contract.Projection {
	members := make([]*contract.Projection, len(key))
	for index, name := range key {
		members[index] = &contract.Projection{Alias: name, Source: &contract.Projection_Column{Column: name}}
	}
	return members
}
