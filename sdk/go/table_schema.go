package easyrest

// TableCapabilities are those of a plugin that answers with Table.
var TableCapabilities = []Capability{
	CapabilityFilterTree, CapabilityAggregates, CapabilityDistinct, CapabilityCount, CapabilityLastKey,
	CapabilityPrecondition, CapabilityExactNames,
}

// Schema describes the table. The type of a column is that of its first value that is not NULL.
func (t Table) Schema() TableSchema {
	columns := map[string]ColumnSchema{}
	for index, name := range t.Columns {
		columns[name] = ColumnSchema{Type: t.columnType(index), Nullable: indexOf(t.Key, name) < 0}
	}
	return TableSchema{Columns: columns, Required: t.Key, PrimaryKey: t.Key}
}

func (t Table) columnType(index int) string {
	for _, row := range t.Rows {
		switch value := row[index]; value.Kind {
		case Null:
			continue
		case Bool:
			return "boolean"
		case Number:
			return "number"
		case JSON:
			if value.Text[0] == '[' {
				return "array"
			}
			return "object"
		default:
			return "string"
		}
	}
	return "string"
}
