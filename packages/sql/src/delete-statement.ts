import type { Predicate } from '@easyrest/protocol'
import type { Target } from './dialect.js'
import { type ReturningSelection, writeReturning } from './returning-clause.js'
import type { RowsStatement } from './select-statement.js'
import { StatementBuilder } from './statement.js'
import type { ColumnShape, TableShape } from './table-shape.js'
import { writeWhere } from './where-clause.js'

/** The rows that match are removed; without a condition every row. */
export interface Removal {
  readonly where: Predicate | undefined
  readonly returning?: ReturningSelection
}

export const deleteStatement = <Column extends ColumnShape>(
  { where, returning }: Removal,
  table: TableShape<Column>,
  target: Target<Column>,
): RowsStatement<Column> => {
  const out = new StatementBuilder(target.dialect).sql('DELETE FROM ').table(table)
  writeWhere(out, where, table, target)
  const outputs = writeReturning(out, returning, table, target)
  return { ...out.build(), outputs, lastKey: [] }
}
