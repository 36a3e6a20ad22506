import type { SchemaAnswer } from '@easyrest/plugin'
import { type GetSchemaRequest, isIdentifier } from '@easyrest/protocol'
import type { SqliteSession } from './sqlite-session.js'
import type { SqliteColumn, SqliteTable } from './sqlite-table.js'
import { readTransaction } from './transaction.js'
import type { ValueType } from './value-type.js'

/** The description that db.proto asks for. Tables whose names the core would refuse are left out. */
export const getSchema = (session: SqliteSession, { knownVersion }: GetSchemaRequest): SchemaAnswer =>
  readTransaction(session.database, () => {
    const { tables, version } = session.catalog.snapshot()
    if (version === knownVersion) return { schema: Buffer.alloc(0), version, unchanged: true }
    const reachable = tables.filter(({ name }) => isIdentifier(name))
    const schema = {
      tables: describeAll(session, reachable, 'table'),
      views: describeAll(session, reachable, 'view'),
      rpc: {},
    }
    return { schema: Buffer.from(JSON.stringify(schema)), version, unchanged: false }
  })

const describeAll = (session: SqliteSession, tables: readonly SqliteTable[], kind: SqliteTable['kind']) =>
  fromEntries(tables.filter((table) => table.kind === kind).map((table) => [table.name, describe(session, table)]))

const describe = (session: SqliteSession, table: SqliteTable) => {
  const columns = [...table.columns.values()]
  return {
    type: 'object',
    properties: fromEntries(columns.map((column) => [column.name, describeColumn(column)])),
    required: columns.filter(isRequired).map(({ name }) => name),
    'x-primary-key': table.primaryKey,
    'x-foreign-keys': session.catalog.foreignKeys(table.name).map(({ columns, table: other, references }) => ({
      columns,
      table: other,
      references: references.length > 0 ? references : primaryKeyOf(session, other),
    })),
  }
}

const describeColumn = (column: SqliteColumn) => ({
  ...jsonTypes[column.type],
  ...(column.nullable && { 'x-nullable': true }),
  ...(column.generated && { readOnly: true }),
  ...(column.defaultSql !== undefined && { 'x-default': defaultValue(column.defaultSql, column.type) }),
})

const isRequired = ({ nullable, generated, automatic, defaultSql }: SqliteColumn): boolean =>
  !nullable && !generated && !automatic && defaultSql === undefined

/** A plain value as itself; an expression as its SQL. */
const defaultValue = (sql: string, type: ValueType): string | number | boolean | null => {
  if (/^null$/i.test(sql)) return null
  if (type === 'boolean' && /^(true|false|[01])$/i.test(sql)) return /^(true|1)$/i.test(sql)
  const bytes = /^x'((?:[0-9a-f]{2})*)'$/i.exec(sql)?.[1]
  if (bytes !== undefined) return Buffer.from(bytes, 'hex').toString('base64')
  const quoted = /^'((?:[^']|'')*)'$/s.exec(sql)?.[1]
  if (quoted !== undefined) return quoted.replaceAll("''", "'")
  const number = Number(sql)
  return /^[+-]?[\d.]/.test(sql) && Number.isFinite(number) && !unsafe(number) ? number : sql
}

const unsafe = (number: number): boolean => Number.isInteger(number) && !Number.isSafeInteger(number)

// A foreign key may name a table that does not exist (yet).
const primaryKeyOf = (session: SqliteSession, table: string): readonly string[] => {
  try {
    return session.catalog.table(table).primaryKey
  } catch {
    return []
  }
}

const jsonTypes: Readonly<Record<ValueType, { type: string; format?: string }>> = {
  integer: { type: 'integer', format: 'int64' },
  real: { type: 'number', format: 'double' },
  numeric: { type: 'number' },
  text: { type: 'string' },
  blob: { type: 'string', format: 'byte' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  timestamp: { type: 'string', format: 'date-time' },
  json: { type: 'object' },
  loose: { type: 'string' },
  any: { type: 'string' },
}

/** Names such as __proto__ are data. */
const fromEntries = <Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> =>
  Object.fromEntries(entries)
