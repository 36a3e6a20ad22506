import type { PostgresColumn, PostgresTable } from '../catalog/postgres-table.js'
import type { ValueKind } from '../catalog/value-kind.js'
import type { ForeignKey } from './foreign-keys.js'

/** A table as GetSchema describes it (db.proto). */
export const describeTable = (table: PostgresTable, keys: readonly ForeignKey[]) => {
  const columns = [...table.columns.values()]
  return {
    type: 'object',
    properties: Object.fromEntries(columns.map((column) => [column.name, describeColumn(column)])),
    required: columns.filter(isRequired).map(({ name }) => name),
    'x-primary-key': table.primaryKey,
    'x-foreign-keys': keys
      .filter(({ schema, name }) => schema === table.schema && name === table.name)
      .map(({ columns, table: other, references }) => ({ columns, table: other, references })),
  }
}

const describeColumn = (column: PostgresColumn) => ({
  ...jsonType(column),
  ...(column.nullable && { 'x-nullable': true }),
  ...(column.generated && { readOnly: true }),
  ...(column.defaultSql !== null && { 'x-default': defaultValue(column.defaultSql) }),
  ...(column.comment !== null && { description: column.comment }),
})

/** Also of a function's argument. */
export const jsonType = (column: PostgresColumn): Readonly<Record<string, unknown>> => {
  const { kind, isArray, isComposite, labels, sqlType } = column
  if (isArray) return { type: 'array', items: {} }
  if (isComposite) return { type: 'object' }
  if (labels !== null) return { type: 'string', enum: labels }
  return jsonTypes[kind] ?? (sqlType === 'uuid' ? { type: 'string', format: 'uuid' } : { type: 'string' })
}

const jsonTypes: Readonly<Partial<Record<ValueKind, Readonly<Record<string, string>>>>> = {
  int2: { type: 'integer', format: 'int32' },
  int4: { type: 'integer', format: 'int32' },
  int8: { type: 'integer', format: 'int64' },
  decimal: { type: 'number' },
  float4: { type: 'number', format: 'float' },
  float8: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  date: { type: 'string', format: 'date' },
  timestamp: { type: 'string', format: 'date-time' },
  timestamptz: { type: 'string', format: 'date-time' },
  json: { type: 'object' },
  jsonb: { type: 'object' },
}

const isRequired = ({ nullable, generated, automatic, defaultSql }: PostgresColumn): boolean =>
  !nullable && !generated && !automatic && defaultSql === null

/** A plain value as itself; an expression as its SQL. */
const defaultValue = (sql: string): string | number | boolean | null => {
  const plain = sql.replace(/::[a-z ]+(?:\(\d+(?:,\d+)?\))?$/i, '')
  if (/^null$/i.test(plain)) return null
  if (plain === 'true' || plain === 'false') return plain === 'true'
  const quoted = /^'((?:[^']|'')*)'$/s.exec(plain)?.[1]
  if (quoted !== undefined) return quoted.replaceAll("''", "'")
  const number = /^-?\d+(?:\.\d+)?$/.test(plain) ? Number(plain) : Number.NaN
  return Number.isFinite(number) && String(number) === plain ? number : sql
}
