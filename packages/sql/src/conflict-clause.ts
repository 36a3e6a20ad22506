import { type Conflict, PluginError } from '@easyrest/protocol'
import type { Target } from './dialect.js'
import type { Insertion } from './insertion.js'
import type { StatementBuilder } from './statement.js'
import { type ColumnShape, columnOf, type TableShape } from './table-shape.js'
import { writePredicate } from './where-clause.js'

/** ` ON CONFLICT (...) DO ...`, or nothing: without a conflict, or without a key that could conflict. */
export const writeConflict = <Column extends ColumnShape>(
  out: StatementBuilder,
  { columns, conflict, overwriteWhen }: Insertion<Column>,
  table: TableShape<Column>,
  target: Target<Column>,
): void => {
  // A row of nothing but defaults has no key of its own to conflict with, and no database takes both clauses.
  if (conflict === undefined || columns.length === 0) return
  const key = conflictTarget(conflict, table)
  if (key.length === 0) return
  const { action } = conflict
  if (action === 'unspecified') throw new PluginError('unsupported', 'the conflict action is not known here')
  const met = { action, key, overwritten: action === 'merge' ? overwrittenColumns(columns, conflict, key, table) : [] }
  if (target.dialect.onConflict !== undefined) return target.dialect.onConflict(out, met)
  out
    .sql(' ON CONFLICT (')
    .list(key, ', ', (name) => out.name(name))
    .sql(')')
  if (action === 'ignore') return void out.sql(' DO NOTHING')
  writeMerge(out, met.overwritten, key)
  if (overwriteWhen === undefined) return
  out.sql(' WHERE ')
  // Qualified, so that it is the existing row's column and not the new one's.
  const prefix = `${target.dialect.quoteIdentifier(table.name)}.`
  writePredicate(out, overwriteWhen, target, (name) => {
    const column = columnOf(table, name)
    return { sql: prefix + target.dialect.quoteIdentifier(column.name), column }
  })
}

/** The columns of the unique key that a new row may meet. Empty: the table has no key, and every row is new. */
export const conflictTarget = <Column extends ColumnShape>(
  { target }: Conflict,
  table: TableShape<Column>,
): readonly string[] => (target.length === 0 ? table.primaryKey : target.map((name) => columnOf(table, name).name))

/** The written columns whose values an existing row takes over. */
export const overwrittenColumns = (
  columns: readonly ColumnShape[],
  { keep }: Conflict,
  key: readonly string[],
  table: TableShape,
): string[] => {
  const kept = keep.map((name) => columnOf(table, name).name)
  return columns.map(({ name }) => name).filter((name) => !key.includes(name) && !kept.includes(name))
}

// With nothing to overwrite the key is set to itself: the row still counts, and is still returned.
const writeMerge = (out: StatementBuilder, names: readonly string[], key: readonly string[]): void => {
  out.sql(' DO UPDATE SET ').list(names.length > 0 ? names : key.slice(0, 1), ', ', (name) => {
    out.name(name).sql(' = excluded.').name(name)
  })
}
