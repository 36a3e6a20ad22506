package easyrest

// checkKey: no key is NULL, none occurs twice.
func (t Table) checkKey() error {
	if len(t.Key) == 0 {
		return nil
	}
	if err := CheckColumns(t.Key, t.Columns); err != nil {
		return err
	}
	seen := make(map[string]bool, len(t.Rows))
	for _, row := range t.Rows {
		printed := make([]byte, 0, 24)
		for _, name := range t.Key {
			value := row[indexOf(t.Columns, name)]
			if value.IsNull() {
				return Errorf(ReasonNotNull, "column %s of the primary key is NULL", name).With("column", name)
			}
			printed = append(value.AppendJSON(printed), ',')
		}
		if seen[string(printed)] {
			return Errorf(ReasonUnique, "there is a row with this primary key").With("constraint", "primary key")
		}
		seen[string(printed)] = true
	}
	return nil
}
