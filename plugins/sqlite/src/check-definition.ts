import { type EnsureTableRequest, isIdentifier, PluginError, unknownName } from '@easyrest/protocol'
import { isOwnTable } from './introspect.js'
import type { SqliteTable } from './sqlite-table.js'

/**
 * Whether the definition can be carried out beside what exists under its name (undefined: nothing). Throws `bad_value`,
 * or `unknown_column` for a key or an index over a column that is in neither.
 */
export const checkDefinition = (request: EnsureTableRequest, existing: SqliteTable | undefined): void => {
  const { table, columns, primaryKey, indexes } = request
  checkTable(request, existing)
  const names = columns.map(({ name }) => name)
  checkNames('column', names, table)
  if (existing !== undefined) for (const name of names) checkSpelling('column', name, existing.columns.keys(), table)
  const known = [...names, ...(existing?.columns.keys() ?? [])]
  checkColumns(primaryKey, known, table)
  checkKey(request, existing)
  checkNames(
    'index',
    indexes.map(({ name }) => name),
    table,
  )
  for (const index of indexes) {
    if (index.columns.length === 0) throw badDefinition(`the index ${index.name} names no column`, { table })
    checkColumns(index.columns, known, table)
  }
}

/** SQLite compares names without regard to case, of ASCII. */
export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const checkTable = ({ table, columns }: EnsureTableRequest, existing: SqliteTable | undefined): void => {
  checkName('table', table, table)
  if (isOwnTable(table)) throw badDefinition(`the plugin keeps the name ${table} for itself`, { table })
  if (existing === undefined) {
    if (columns.length === 0) throw badDefinition(`the new table ${table} needs at least one column`, { table })
    return
  }
  checkSpelling('table', table, [existing.name], table)
  if (existing.kind === 'view') throw badDefinition(`${table} exists already and is a view`, { table })
}

// A column cannot become a part of the key later.
const checkKey = ({ table, primaryKey }: EnsureTableRequest, existing: SqliteTable | undefined): void => {
  if (existing === undefined || primaryKey.length === 0) return
  const found = existing.primaryKey
  if (found.length === primaryKey.length && found.every((name, index) => name === primaryKey[index])) return
  const key = found.length === 0 ? 'no primary key' : `the primary key (${found.join(', ')})`
  throw badDefinition(`${table} exists already and has ${key}, not (${primaryKey.join(', ')})`, {
    table,
    column: primaryKey.join(', '),
  })
}

const checkColumns = (names: readonly string[], known: readonly string[], table: string): void => {
  for (const name of names) if (!known.includes(name)) throw unknownName('column', name, known, { table })
  const repeated = repeatedName(names)
  if (repeated !== undefined) throw badDefinition(`a key names ${repeated} twice`, { column: repeated, table })
}

const checkNames = (kind: 'column' | 'index', names: readonly string[], table: string): void => {
  for (const name of names) checkName(kind, name, table)
  const repeated = repeatedName(names)
  if (repeated === undefined) return
  throw badDefinition(`the ${kind} ${repeated} is defined twice`, { ...detailOf(kind, repeated), table })
}

const checkName = (kind: Kind, name: string, table: string): void => {
  if (isIdentifier(name) && !/^sqlite_/i.test(name)) return
  const expected = 'expected letters, digits and _, at most 63, with no digit first and no sqlite_ in front'
  throw badDefinition(`the name of the ${kind} is wrong: ${expected}, got ${JSON.stringify(name.slice(0, 80))}`, {
    ...detailOf(kind, name),
    table,
  })
}

// To SQLite the two are one; to everybody who names columns letter by letter they are not.
const checkSpelling = (kind: 'column' | 'table', name: string, existing: Iterable<string>, table: string): void => {
  const other = [...existing].find((known) => sameName(known, name))
  if (other === undefined || other === name) return
  throw badDefinition(`there is a ${kind} ${other} already, and ${name} differs from it in case only`, {
    ...detailOf(kind, name),
    table,
    nearest: other,
  })
}

const repeatedName = (names: readonly string[]): string | undefined =>
  names.find((name, index) => names.findIndex((other) => sameName(other, name)) < index)

type Kind = 'table' | 'column' | 'index'

const detailOf = (kind: Kind, name: string) =>
  kind === 'column' ? { column: name } : kind === 'index' ? { constraint: name } : {}

const badDefinition = (message: string, details: Readonly<Record<string, string>>): PluginError =>
  new PluginError('bad_value', message, { details })
