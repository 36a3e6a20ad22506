import type { Conflict, JsonValue, Predicate } from '@easyrest/protocol'
import { writeConflict } from './conflict-clause.js'
import type { Target } from './dialect.js'
import { type ReturningSelection, writeReturning } from './returning-clause.js'
import type { RowsStatement } from './select-statement.js'
import { StatementBuilder } from './statement.js'
import type { ColumnShape, TableShape } from './table-shape.js'

/** Rows that name the same columns; a column that is to take its default is left out. */
export interface Insertion<Column extends ColumnShape = ColumnShape> {
  readonly columns: readonly Column[]
  /** One list per row, in the order of the columns. Without columns only one row. */
  readonly rows: readonly (readonly JsonValue[])[]
  readonly conflict?: Conflict | undefined
  /** With a merging conflict: what an existing row must meet to be overwritten. */
  readonly overwriteWhen?: Predicate | undefined
  readonly returning?: ReturningSelection
}

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
