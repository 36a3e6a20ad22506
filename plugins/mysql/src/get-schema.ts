import { createHash } from 'node:crypto'
import type { SchemaAnswer } from '@easyrest/plugin'
import { type GetSchemaRequest, isIdentifier } from '@easyrest/protocol'
import type { ValueType } from './column-type.js'
import type { Connection } from './connection.js'
import type { MysqlSession } from './mysql-session.js'
import type { MysqlColumn, MysqlTable } from './mysql-table.js'
import { type Routine, type RoutineParameter, readRoutines } from './routine-catalog.js'

/** The description that db.proto asks for. Tables whose names the core would refuse are left out. */
export const getSchema = async (session: MysqlSession, { knownVersion }: GetSchemaRequest): Promise<SchemaAnswer> => {
  const { catalog, connection } = session
  const names = (await catalog.names(connection)).filter((name) => isIdentifier(name))
  const foreignKeys = await readForeignKeys(connection)
  const tables: MysqlTable[] = []
  for (const name of names) {
    const table = await catalog.find(name, connection)
    if (table !== undefined) tables.push(table)
  }
  const describeAll = (kind: MysqlTable['kind']) =>
    fromEntries(
      tables
        .filter((table) => table.kind === kind)
        .map((table) => [table.name, describe(table, foreignKeys.get(table.name) ?? [])]),
    )
  const schema = Buffer.from(
    JSON.stringify({
      tables: describeAll('table'),
      views: describeAll('view'),
      rpc: describeRoutines(await readRoutines(connection)),
    }),
  )
  const version = createHash('sha256').update(schema).digest('base64url').slice(0, 22)
  if (version === knownVersion) return { schema: Buffer.alloc(0), version, unchanged: true }
  return { schema, version, unchanged: false }
}

const describeRoutines = (routines: readonly Routine[]) =>
  fromEntries(
    routines.filter(({ name }) => isIdentifier(name)).map((routine) => [routine.name, describeRoutine(routine)]),
  )

const describeRoutine = ({ parameters, returns }: Routine) => {
  const given = parameters.filter(({ mode }) => mode !== 'out')
  const answered = parameters.filter(({ mode }) => mode !== 'in')
  const out = returns ?? (answered.length === 1 ? answered[0]!.column : undefined)
  return [
    { ...objectOf(given), required: given.map(({ column }) => column.name) },
    out === undefined ? objectOf(answered) : jsonTypes[out.type],
  ]
}

const objectOf = (parameters: readonly RoutineParameter[]) => ({
  type: 'object',
  properties: fromEntries(
    parameters.map(({ column }) => [column.name, describeColumn({ ...column, generated: false })]),
  ),
})

interface ForeignKey {
  readonly columns: string[]
  readonly table: string
  readonly references: string[]
}

const describe = (table: MysqlTable, foreignKeys: readonly ForeignKey[]) => {
  const columns = [...table.columns.values()]
  return {
    type: 'object',
    properties: fromEntries(columns.map((column) => [column.name, describeColumn(column)])),
    required: columns.filter(isRequired).map(({ name }) => name),
    'x-primary-key': table.primaryKey,
    'x-foreign-keys': foreignKeys,
  }
}

const describeColumn = (column: MysqlColumn) => ({
  ...jsonTypes[column.type],
  ...(column.nullable && { 'x-nullable': true }),
  ...(column.generated && { readOnly: true }),
  ...(column.defaultSql !== undefined && { 'x-default': defaultValue(column.defaultSql, column.type) }),
})

const isRequired = ({ nullable, generated, automatic, defaultSql }: MysqlColumn): boolean =>
  !nullable && !generated && !automatic && defaultSql === undefined

/** A plain value as itself; an expression as its SQL. */
const defaultValue = (sql: string, type: ValueType): string | number | boolean => {
  if (type === 'boolean' && /^[01]$/.test(sql)) return sql === '1'
  const quoted = /^'((?:[^']|'')*)'$/s.exec(sql)?.[1]
  if (quoted !== undefined) return quoted.replaceAll("''", "'")
  const number = Number(sql)
  const isExact =
    /^[+-]?[\d.]/.test(sql) && Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))
  return isExact && numbers.includes(type) ? number : sql
}

const numbers: readonly ValueType[] = ['integer', 'decimal', 'float', 'double', 'bits', 'year']

const readForeignKeys = async (connection: Connection): Promise<ReadonlyMap<string, ForeignKey[]>> => {
  const tables = new Map<string, Map<string, ForeignKey>>()
  for (const row of await connection.rows({ text: foreignKeyParts, parameters: [] })) {
    const [table, name, column, other, reference] = row.map(String) as [string, string, string, string, string]
    const keys = tables.get(table) ?? new Map<string, ForeignKey>()
    tables.set(table, keys)
    const key = keys.get(name) ?? { columns: [], table: other, references: [] }
    keys.set(name, key)
    key.columns.push(column)
    key.references.push(reference)
  }
  return new Map([...tables].map(([table, keys]) => [table, [...keys.values()]]))
}

const foreignKeyParts = `SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
  FROM information_schema.KEY_COLUMN_USAGE
  WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL
  ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`

const jsonTypes: Readonly<Record<ValueType, { type: string; format?: string }>> = {
  integer: { type: 'integer', format: 'int64' },
  bits: { type: 'integer' },
  year: { type: 'integer' },
  boolean: { type: 'boolean' },
  decimal: { type: 'number' },
  float: { type: 'number', format: 'float' },
  double: { type: 'number', format: 'double' },
  date: { type: 'string', format: 'date' },
  time: { type: 'string' },
  datetime: { type: 'string' },
  timestamp: { type: 'string', format: 'date-time' },
  text: { type: 'string' },
  enum: { type: 'string' },
  set: { type: 'string' },
  bytes: { type: 'string', format: 'byte' },
  json: { type: 'object' },
  geometry: { type: 'string' },
  other: { type: 'string' },
}

/** Names such as __proto__ are data. */
const fromEntries = <Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> =>
  Object.fromEntries(entries)
