import type { Target } from './dialect.js'
import type { StatementBuilder } from './statement.js'
import type { ColumnShape } from './table-shape.js'
import type { Term } from './term.js'

/** The terms of a row, as the dialect wants them selected. */
export const writeSelectList = <Column extends ColumnShape>(
  out: StatementBuilder,
  terms: readonly Term<Column>[],
  { dialect }: Target<Column>,
): void => {
  out.list(terms, ', ', ({ sql, constant }) => {
    if (constant === undefined) out.sql(dialect.selectTerm?.(sql) ?? sql)
    else out.bind(constant)
  })
  if (dialect.selectExtra !== undefined) out.sql(dialect.selectExtra(terms))
}
