import { writeConflict } from './conflict-clause.js'
import type { Target } from './dialect.js'
import type { Insertion } from './insertion.js'
import { writeReturning } from './returning-clause.js'
import type { RowsStatement } from './select-statement.js'
import { StatementBuilder } from './statement.js'
import type { ColumnShape, TableShape } from './table-shape.js'

export const insertStatement = <Column extends ColumnShape>(
  insertion: Insertion<Column>,
  table: TableShape<Column>,
  target: Target<Column>,
): RowsStatement<Column> => {
  const out = new StatementBuilder(target.dialect).sql('INSERT INTO ').table(table)
  writeValues(out, insertion, target)
  writeConflict(out, insertion, table, target)
  const outputs = writeReturning(out, insertion.returning, table, target)
  return { ...out.build(), outputs, lastKey: [] }
}

const writeValues = <Column extends ColumnShape>(
  out: StatementBuilder,
  { columns, rows }: Insertion<Column>,
  { dialect, binder }: Target<Column>,
): void => {
  if (columns.length === 0) return void out.sql(` ${dialect.defaultValues}`)
  out
    .sql(' (')
    .list(columns, ', ', (column) => out.name(column.name))
    .sql(') VALUES ')
  out.list(rows, ', ', (row) => {
    out.sql('(')
    for (let index = 0; index < columns.length; index++) {
      if (index > 0) out.sql(', ')
      out.bind(binder.value(columns[index]!, row[index]!))
    }
    out.sql(')')
  })
}
