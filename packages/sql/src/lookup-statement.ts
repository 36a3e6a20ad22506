import type { Projection } from '@easyrest/protocol'
import type { Target } from './dialect.js'
import { projectionTerms } from './projection-terms.js'
import { checkReturning } from './returning-clause.js'
import { writeSelectList } from './select-list.js'
import type { RowsStatement } from './select-statement.js'
import { type Binding, StatementBuilder } from './statement.js'
import type { ColumnShape, TableShape } from './table-shape.js'

/** A written row, by values that the database itself has told; none of them is NULL. */
export interface Lookup {
  readonly select: readonly Projection[]
  /** Column names by the database's own spelling, and the value in each. */
  readonly key: readonly (readonly [name: string, value: Binding])[]
}

export const lookupStatement = <Column extends ColumnShape>(
  { select, key }: Lookup,
  table: TableShape<Column>,
  target: Target<Column>,
): RowsStatement<Column> => {
  checkReturning(select)
  const outputs = projectionTerms(select, table, target)
  const out = new StatementBuilder(target.dialect).sql('SELECT ')
  writeSelectList(out, outputs, target)
  out.sql(' FROM ').table(table).sql(' WHERE ')
  out.list(key, ' AND ', ([name, value]) => out.name(name).sql(' = ').bind(value))
  return { ...out.build(), outputs, lastKey: [] }
}
