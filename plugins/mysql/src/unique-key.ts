import { type Conflict, PluginError } from '@easyrest/protocol'
import { columnOf, conflictTarget } from '@easyrest/sql'
import type { MysqlTable, UniqueKey } from './mysql-table.js'

/** The unique key that a conflict names. Throws `bad_value` when there is none over these columns. */
export const conflictKey = (conflict: Conflict, table: MysqlTable): UniqueKey | undefined => {
  const target = conflictTarget(conflict, table)
  if (target.length === 0) return undefined
  const wanted = new Set(target)
  const key = table.uniqueKeys.find(
    ({ columns }) => columns.length === wanted.size && columns.every((name) => wanted.has(name)),
  )
  if (key !== undefined) return key
  throw new PluginError(
    'bad_value',
    'the conflict columns are not a unique key of the table; name one, or none for the primary key',
    { details: { table: table.name, column: target.join(', ') } },
  )
}

/** Columns that tell a row from all others and are never NULL; undefined: the table has no such key. */
export const identityOf = (table: MysqlTable): readonly string[] | undefined =>
  table.uniqueKeys.find(({ columns }) => columns.length > 0 && columns.every((name) => !columnOf(table, name).nullable))
    ?.columns
