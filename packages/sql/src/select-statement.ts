import { type OrderTerm, type Page, PluginError, unknownName } from '@easyrest/protocol'
import type { Dialect, Target } from './dialect.js'
import { keyPageLimit } from './key-page.js'
import { columnTerm, type Output, projectionTerms } from './projection-terms.js'
import { writeSelectList } from './select-list.js'
import type { Selection } from './selection.js'
import { type Statement, StatementBuilder } from './statement.js'
import { type ColumnShape, columnOf, type TableShape } from './table-shape.js'
import type { Term } from './term.js'
import { writePredicate, writeWhere } from './where-clause.js'

/** A statement that answers rows: `outputs` first, then the terms of the last key. */
export interface RowsStatement<Column extends ColumnShape = ColumnShape> extends Statement {
  readonly outputs: readonly Output<Column>[]
  readonly lastKey: readonly Term<Column>[]
}

export const selectStatement = <Column extends ColumnShape>(
  selection: Selection,
  table: TableShape<Column>,
  target: Target<Column>,
): RowsStatement<Column> => {
  const outputs = projectionTerms(selection.select, table, target)
  const lastKey = lastKeyTerms(selection, outputs, table, target)
  const out = new StatementBuilder(target.dialect)
  writeQuery(out, selection, outputs, lastKey, table, target)
  writeOrdering(out, selection, outputs, table, target)
  writePage(out, selection.page, writtenLimit(selection, table, target.dialect), target)
  return { ...out.build(), outputs, lastKey }
}

/** How many rows the same selection has without its page. */
export const countStatement = <Column extends ColumnShape>(
  selection: Selection,
  table: TableShape<Column>,
  target: Target<Column>,
): Statement => {
  const out = new StatementBuilder(target.dialect)
  const outputs = projectionTerms(selection.select, table, target)
  if (selection.distinct || isGrouped(selection)) {
    out.sql('SELECT count(*) FROM (')
    writeQuery(out, selection, outputs, [], table, target)
    return out.sql(') AS ').name('counted').build()
  }
  out.sql('SELECT count(*) FROM ').table(table)
  writeWhere(out, selection.where, table, target)
  return out.build()
}

const writeQuery = <Column extends ColumnShape>(
  out: StatementBuilder,
  selection: Selection,
  outputs: readonly Output<Column>[],
  lastKey: readonly Term<Column>[],
  table: TableShape<Column>,
  target: Target<Column>,
): void => {
  out.sql(selection.distinct ? 'SELECT DISTINCT ' : 'SELECT ')
  writeSelectList(out, lastKey.length === 0 ? outputs : [...outputs, ...lastKey], target)
  out.sql(' FROM ').table(table)
  writeWhere(out, selection.where, table, target)
  writeGrouping(out, selection.grouping, table)
  writeHaving(out, selection, outputs, table, target)
}

const writeGrouping = <Column extends ColumnShape>(
  out: StatementBuilder,
  grouping: readonly string[],
  table: TableShape<Column>,
): void => {
  if (grouping.length === 0) return
  out.sql(' GROUP BY ').list(grouping, ', ', (name) => out.name(columnOf(table, name).name))
}

const writeHaving = <Column extends ColumnShape>(
  out: StatementBuilder,
  selection: Selection,
  outputs: readonly Output<Column>[],
  table: TableShape<Column>,
  target: Target<Column>,
): void => {
  if (selection.having === undefined) return
  if (!isGrouped(selection)) {
    throw new PluginError('bad_value', 'having filters aggregates, and select holds none; use where')
  }
  out.sql(' HAVING ')
  writePredicate(out, selection.having, target, (name) => havingTerm(name, outputs, table))
}

const havingTerm = <Column extends ColumnShape>(
  name: string,
  outputs: readonly Output<Column>[],
  table: TableShape<Column>,
): Term<Column> => {
  const output = outputs.find(({ alias }) => alias === name)
  const named = outputs.filter(({ constant }) => constant === undefined)
  if (output === undefined) {
    const aliases = named.map(({ alias }) => alias)
    throw unknownName('column', name, aliases, { table: table.name, problem: `select holds no alias ${name}` })
  }
  if (output.constant === undefined) return output
  throw new PluginError('bad_value', `${name} is a constant; having filters aggregates`, { details: { column: name } })
}

const writeOrdering = <Column extends ColumnShape>(
  out: StatementBuilder,
  { ordering }: Selection,
  outputs: readonly Output<Column>[],
  table: TableShape<Column>,
  target: Target<Column>,
): void => {
  // A constant orders nothing, and some databases take a constant here for the position of a column.
  const terms = ordering
    .map((order) => ({ order, term: orderedTerm(order, outputs, table, target) }))
    .filter(({ term }) => term.constant === undefined)
  if (terms.length === 0) return
  out.sql(' ORDER BY ').list(terms, ', ', ({ order, term }) => {
    out.sql(target.dialect.order(term, order.direction === 'desc', nullsFirst(order)))
  })
}

/** An alias goes before a column of the same name, as in SQL. */
const orderedTerm = <Column extends ColumnShape>(
  { column: name }: OrderTerm,
  outputs: readonly Output<Column>[],
  table: TableShape<Column>,
  target: Target<Column>,
): Term<Column> => {
  const output = outputs.find(({ alias }) => alias === name)
  if (output !== undefined) return output
  const column = table.columns.get(name)
  if (column !== undefined) return columnTerm(column, target)
  const names = [...table.columns.keys(), ...outputs.map(({ alias }) => alias)]
  throw unknownName('column', name, names, {
    table: table.name,
    problem: `${table.name} has no column ${name}, and select no such alias`,
  })
}

const nullsFirst = ({ direction, nulls }: OrderTerm): boolean =>
  nulls === 'unspecified' ? direction === 'desc' : nulls === 'first'

/** A limit that is part of the text; undefined: it is a parameter, or there is none. */
export const writtenLimit = (
  selection: Selection,
  table: TableShape,
  { writesKeyPages }: Pick<Dialect, 'writesKeyPages'>,
): number | undefined => (writesKeyPages === true ? keyPageLimit(selection, table) : undefined)

const writePage = <Column extends ColumnShape>(
  out: StatementBuilder,
  page: Page | undefined,
  written: number | undefined,
  { dialect, binder }: Target<Column>,
): void => {
  if (page === undefined) return
  if (written !== undefined) out.sql(` LIMIT ${written}`)
  else if (page.limit !== undefined) out.sql(' LIMIT ').bind(binder.integer(page.limit))
  else if (page.offset > 0 && dialect.noLimit !== undefined) out.sql(` LIMIT ${dialect.noLimit}`)
  if (page.offset > 0) out.sql(' OFFSET ').bind(binder.integer(page.offset))
}

const lastKeyTerms = <Column extends ColumnShape>(
  { lastKeyColumns, distinct, ...selection }: Selection,
  outputs: readonly Output<Column>[],
  table: TableShape<Column>,
  target: Target<Column>,
): Term<Column>[] =>
  lastKeyColumns.map((name) => {
    const term = columnTerm(columnOf(table, name), target)
    // One more column would make rows distinct that are not, or is not there for a group.
    const present = distinct ? outputs.some(({ sql }) => sql === term.sql) : selection.grouping.includes(name)
    if (present || !(distinct || isGrouped(selection))) return term
    throw new PluginError('bad_value', `the last key needs ${name} in the selection`, { details: { column: name } })
  })

const isGrouped = ({ select, grouping }: Pick<Selection, 'select' | 'grouping'>): boolean =>
  grouping.length > 0 || select.some(({ kind }) => kind === 'aggregate')
