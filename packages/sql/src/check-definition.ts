import { type EnsureTableRequest, isIdentifier, PluginError, unknownName } from '@easyrest/protocol'
import type { TableShape } from './table-shape.js'

/** What a database says of names. */
export interface NameRules {
  /** Tables that the plugin makes for itself. */
  isOwnTable(name: string): boolean
  /** Whether the database takes both for one name. */
  sameName(a: string, b: string): boolean
  /** How no name may begin; absent: any beginning will do. */
  readonly reservedPrefix?: string
}

/** What there is under a table's name. */
export interface ExistingTable extends TableShape {
  readonly kind: 'table' | 'view'
}

/**
 * Whether the definition can be carried out beside what exists under its name (undefined: nothing). Throws `bad_value`,
 * or `unknown_column` for a key or an index over a column that is in neither.
 */
export const checkDefinition = (
  request: EnsureTableRequest,
  existing: ExistingTable | undefined,
  rules: NameRules,
): void => {
  const { table, columns, primaryKey, indexes } = request
  checkTable(request, existing, rules)
  const names = columns.map(({ name }) => name)
  checkNames('column', names, table, rules)
  for (const name of existing === undefined ? [] : names) {
    checkSpelling('column', name, existing!.columns.keys(), table, rules)
  }
  const known = [...names, ...(existing?.columns.keys() ?? [])]
  checkColumns(primaryKey, known, table, rules)
  checkKey(request, existing)
  checkNames(
    'index',
    indexes.map(({ name }) => name),
    table,
    rules,
  )
  for (const index of indexes) {
    if (index.columns.length === 0) throw badDefinition(`the index ${index.name} names no column`, { table })
    checkColumns(index.columns, known, table, rules)
  }
}

const checkTable = (
  { table, columns }: EnsureTableRequest,
  existing: ExistingTable | undefined,
  rules: NameRules,
): void => {
  checkName('table', table, table, rules)
  if (rules.isOwnTable(table)) throw badDefinition(`the plugin keeps the name ${table} for itself`, { table })
  if (existing === undefined) {
    if (columns.length === 0) throw badDefinition(`the new table ${table} needs at least one column`, { table })
    return
  }
  checkSpelling('table', table, [existing.name], table, rules)
  if (existing.kind === 'view') throw badDefinition(`${table} exists already and is a view`, { table })
}

// A column cannot become a part of the key later.
const checkKey = ({ table, primaryKey }: EnsureTableRequest, existing: ExistingTable | undefined): void => {
  if (existing === undefined || primaryKey.length === 0) return
  const found = existing.primaryKey
  if (found.length === primaryKey.length && found.every((name, index) => name === primaryKey[index])) return
  const key = found.length === 0 ? 'no primary key' : `the primary key (${found.join(', ')})`
  throw badDefinition(`${table} exists already and has ${key}, not (${primaryKey.join(', ')})`, {
    table,
    column: primaryKey.join(', '),
  })
}

const checkColumns = (names: readonly string[], known: readonly string[], table: string, rules: NameRules): void => {
  for (const name of names) if (!known.includes(name)) throw unknownName('column', name, known, { table })
  const repeated = repeatedName(names, rules)
  if (repeated !== undefined) throw badDefinition(`a key names ${repeated} twice`, { column: repeated, table })
}

const checkNames = (kind: 'column' | 'index', names: readonly string[], table: string, rules: NameRules): void => {
  for (const name of names) checkName(kind, name, table, rules)
  const repeated = repeatedName(names, rules)
  if (repeated === undefined) return
  throw badDefinition(`the ${kind} ${repeated} is defined twice`, { ...detailOf(kind, repeated), table })
}

const checkName = (kind: Kind, name: string, table: string, { reservedPrefix }: NameRules): void => {
  const isReserved = reservedPrefix !== undefined && name.toLowerCase().startsWith(reservedPrefix)
  if (isIdentifier(name) && !isReserved) return
  const prefix = reservedPrefix === undefined ? '' : ` and no ${reservedPrefix} in front`
  const expected = `expected letters, digits and _, at most 63, with no digit first${prefix}`
  throw badDefinition(`the name of the ${kind} is wrong: ${expected}, got ${JSON.stringify(name.slice(0, 80))}`, {
    ...detailOf(kind, name),
    table,
  })
}

// To the database the two may be one; to everybody who names columns letter by letter they are not.
const checkSpelling = (
  kind: 'column' | 'table',
  name: string,
  existing: Iterable<string>,
  table: string,
  rules: NameRules,
): void => {
  const other = [...existing].find((known) => rules.sameName(known, name))
  if (other === undefined || other === name) return
  throw badDefinition(`there is a ${kind} ${other} already, and ${name} differs from it in case only`, {
    ...detailOf(kind, name),
    table,
    nearest: other,
  })
}

const repeatedName = (names: readonly string[], { sameName }: NameRules): string | undefined =>
  names.find((name, index) => names.findIndex((other) => sameName(other, name)) < index)

type Kind = 'table' | 'column' | 'index'

const detailOf = (kind: Kind, name: string) =>
  kind === 'column' ? { column: name } : kind === 'index' ? { constraint: name } : {}

const badDefinition = (message: string, details: Readonly<Record<string, string>>): PluginError =>
  new PluginError('bad_value', message, { details })
