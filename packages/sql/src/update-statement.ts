import { type JsonRow, PluginError, type Predicate } from '@easyrest/protocol'
import type { Target } from './dialect.js'
import { type ReturningSelection, writeReturning } from './returning-clause.js'
import type { RowsStatement } from './select-statement.js'
import { StatementBuilder } from './statement.js'
import { type ColumnShape, type TableShape, writableColumnOf } from './table-shape.js'
import { writeWhere } from './where-clause.js'

/** New values for the rows that match; without a condition every row. */
export interface Change {
  readonly where: Predicate | undefined
  readonly data: JsonRow
  readonly returning?: ReturningSelection
}

export const updateStatement = <Column extends ColumnShape>(
  { where, data, returning }: Change,
  table: TableShape<Column>,
  target: Target<Column>,
): RowsStatement<Column> => {
  if (data.size === 0) throw new PluginError('bad_value', 'the change names no column; give at least one')
  const out = new StatementBuilder(target.dialect).sql('UPDATE ').table(table).sql(' SET ')
  out.list([...data], ', ', ([name, value]) => {
    const column = writableColumnOf(table, name)
    out.name(column.name).sql(' = ').bind(target.binder.value(column, value))
  })
  writeWhere(out, where, table, target)
  const outputs = writeReturning(out, returning, table, target)
  return { ...out.build(), outputs, lastKey: [] }
}
