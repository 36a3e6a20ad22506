import type { ColumnDefinition, ColumnType } from '@easyrest/protocol'
import { type Binding, badColumn, defaultValueOf } from '@easyrest/sql'
import { sqliteDialect } from './sqlite-dialect.js'
import { computedColumn, type SqliteColumn } from './sqlite-table.js'
import { ValueBinder } from './value-binder.js'
import type { ValueType } from './value-type.js'

/** A column that EnsureTable asks for, in the plugin's own terms. */
export interface NewColumn {
  readonly name: string
  readonly type: ValueType
  readonly declaredType: string
  /** Compared byte by byte. */
  readonly bytewise: boolean
  /** Of text, in characters; 0: any. */
  readonly maxLength: number
  readonly nullable: boolean
  readonly defaultSql: string | undefined
}

/** Throws `bad_value`, naming the column. @param zone that a default timestamp without an offset is in */
export const newColumn = (definition: ColumnDefinition, zone: string): NewColumn => {
  const { name, maxLength, nullable } = definition
  const kind = kinds[definition.type]
  if (kind === undefined) throw badColumn(name, 'needs a type that is known here')
  if (maxLength > 0 && kind.type !== 'text') throw badColumn(name, 'has a largest length, which only text has')
  return { ...kind, name, maxLength, nullable, defaultSql: defaultSqlOf(definition, kind.type, zone) }
}

/** The column as CREATE TABLE and ALTER TABLE write it. SQLite would take NULL for a key. */
export const columnSql = (column: NewColumn, isKey: boolean): string => {
  const name = sqliteDialect.quoteIdentifier(column.name)
  const parts = [name, column.declaredType]
  if (column.bytewise) parts.push('COLLATE BINARY')
  if (isKey || !column.nullable) parts.push('NOT NULL')
  if (column.defaultSql !== undefined) parts.push(`DEFAULT ${column.defaultSql}`)
  if (column.maxLength > 0) parts.push(lengthCheck(name, column))
  return parts.join(' ')
}

/** The column that the constraint of that name limits; undefined when it is none of ours. */
export const lengthLimitedColumn = (constraint: string): string | undefined =>
  constraint.endsWith(lengthSuffix) ? constraint.slice(0, -lengthSuffix.length) : undefined

const lengthSuffix = '_max_length'

// length() stops at U+0000, so the bytes behind it are limited too.
const lengthCheck = (quotedName: string, { name, maxLength }: NewColumn): string =>
  `CONSTRAINT ${sqliteDialect.quoteIdentifier(name + lengthSuffix)} CHECK (length(${quotedName}) <= ${maxLength}` +
  ` AND length(CAST(${quotedName} AS BLOB)) <= ${maxLength * 4})`

// BIGINT and not INTEGER: a key of one INTEGER column would get a number by itself when it is left out.
const kinds: Readonly<Record<ColumnType, Pick<NewColumn, 'type' | 'declaredType' | 'bytewise'> | undefined>> = {
  unspecified: undefined,
  text: { type: 'text', declaredType: 'TEXT', bytewise: false },
  ascii: { type: 'text', declaredType: 'TEXT', bytewise: true },
  int64: { type: 'integer', declaredType: 'BIGINT', bytewise: false },
  double: { type: 'real', declaredType: 'DOUBLE', bytewise: false },
  boolean: { type: 'boolean', declaredType: 'BOOLEAN', bytewise: false },
  bytes: { type: 'blob', declaredType: 'BLOB', bytewise: false },
  timestamp: { type: 'timestamp', declaredType: 'TIMESTAMP', bytewise: false },
}

const defaultSqlOf = (definition: ColumnDefinition, type: ValueType, zone: string): string | undefined => {
  const { name } = definition
  const value = defaultValueOf(definition)
  if (value === undefined) return undefined
  const column: SqliteColumn = computedColumn(name, type)
  return literal(name, new ValueBinder(zone).value(column, value))
}

/** SQLite takes no parameters in a definition, so the value is written out. */
const literal = (name: string, { value, cast }: Binding): string => {
  if (cast === 'REAL') return /[.e]/.test(String(value)) ? String(value) : `${value}.0`
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  if (value instanceof Uint8Array && cast === undefined) return `X'${Buffer.from(value).toString('hex')}'`
  throw badColumn(name, 'has a default with U+0000, which a definition cannot hold')
}
