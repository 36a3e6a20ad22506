import type { Dialect, Target } from './dialect.js'
import type { Spelling } from './spelling.js'
import { StatementBuilder } from './statement.js'
import type { ColumnShape } from './table-shape.js'
import type { Term } from './term.js'

/** The terms of a row, as the dialect wants them selected. */
export const writeSelectList = <Column extends ColumnShape>(
  out: StatementBuilder,
  terms: readonly Term<Column>[],
  { dialect }: Target<Column>,
): void => {
  if (terms.some(({ constant }) => constant !== undefined)) writeTerms(out, terms, dialect)
  else out.sql(listText(terms, dialect))
}

// Terms that were made once (see projectionTerms) are written once for each dialect.
const listText = <Column extends ColumnShape>(terms: readonly Term<Column>[], dialect: Dialect<Column>): string => {
  const known = texts.get(terms)
  const before = known?.get(dialect)
  if (before !== undefined) return before
  const list = new StatementBuilder(dialect)
  writeTerms(list, terms, dialect)
  const { text } = list.build()
  if (known === undefined) texts.set(terms, new Map([[dialect, text]]))
  else known.set(dialect, text)
  return text
}

const texts = new WeakMap<readonly Term[], Map<Spelling, string>>()

const writeTerms = <Column extends ColumnShape>(
  out: StatementBuilder,
  terms: readonly Term<Column>[],
  dialect: Dialect<Column>,
): void => {
  out.list(terms, ', ', ({ sql, column, constant }) => {
    if (constant === undefined) out.sql(dialect.selectTerm?.(sql, column) ?? sql)
    else out.bind(constant)
  })
  if (dialect.selectExtra !== undefined) out.sql(dialect.selectExtra(terms))
}
