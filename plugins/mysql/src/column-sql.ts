import type { ColumnDefinition, ColumnType, EnsureTableRequest } from '@easyrest/protocol'
import { badColumn, defaultValueOf } from '@easyrest/sql'
import type { ValueType } from './column-type.js'
import { mysqlDialect } from './mysql-dialect.js'
import type { MysqlSession } from './mysql-session.js'
import { computedColumn, type MysqlColumn } from './mysql-table.js'
import { sqlLiteral } from './sql-literal.js'

/** A column that EnsureTable asks for, in the plugin's own terms. */
export interface NewColumn {
  readonly name: string
  readonly type: ValueType
  readonly declaredType: string
  readonly isAscii: boolean
  readonly nullable: boolean
  readonly defaultSql: string | undefined
  /** A condition on its length, where its type has none; '': none. */
  readonly check: string
}

/** Throws `bad_value`, naming the column. */
export const newColumn = (
  definition: ColumnDefinition,
  request: EnsureTableRequest,
  session: MysqlSession,
): NewColumn => {
  const { name, maxLength, nullable } = definition
  const kind = kinds[definition.type]
  if (kind === undefined) throw badColumn(name, 'needs a type that is known here')
  if (maxLength > 0 && kind.type !== 'text') throw badColumn(name, 'has a largest length, which only text has')
  const isAscii = definition.type === 'ascii'
  const isLong = maxLength > longestVarchar
  return {
    name,
    type: kind.type,
    declaredType: kind.declaredType ?? textType(definition, request, session.server.isMariaDb),
    isAscii,
    nullable,
    defaultSql: defaultSqlOf(definition, kind.type, session),
    check: isLong
      ? ` CONSTRAINT ${quoted(name + lengthSuffix)} CHECK (CHAR_LENGTH(${quoted(name)}) <= ${maxLength})`
      : '',
  }
}

/** The column as CREATE TABLE and ALTER TABLE write it. Without NULL a timestamp would take the current time for it. */
export const columnSql = ({ name, declaredType, nullable, defaultSql, check }: NewColumn, isKey: boolean): string => {
  const parts = [quoted(name), declaredType, isKey || !nullable ? 'NOT NULL' : 'NULL']
  if (defaultSql !== undefined) parts.push(`DEFAULT ${defaultSql}`)
  return parts.join(' ') + check
}

/** The column that the constraint of that name limits; undefined when it is none of ours. */
export const lengthLimitedColumn = (constraint: string): string | undefined =>
  constraint.endsWith(lengthSuffix) ? constraint.slice(0, -lengthSuffix.length) : undefined

/** Whether text in the column is compared byte by byte, blanks at the end included. */
export const comparesBytes = ({ collation = '' }: MysqlColumn): boolean => /_nopad_bin$|0900_bin$/.test(collation)

const lengthSuffix = '_max_length'

// A row has 65,535 bytes for all its VARCHAR.
const longestVarchar = 4000

// An index takes 3072 bytes of a row.
const longestKey = 3072

const textType = (definition: ColumnDefinition, request: EnsureTableRequest, isMariaDb: boolean): string => {
  const isAscii = definition.type === 'ascii'
  const { charset, bytes } = isAscii && isMariaDb ? { charset: 'ascii', bytes: 1 } : { charset: 'utf8mb4', bytes: 4 }
  const collation = isMariaDb ? `${charset}_nopad_bin` : 'utf8mb4_0900_bin'
  const parts = keyParts(definition.name, request)
  const length = definition.maxLength || (parts === 0 ? 0 : Math.floor(longestKey / bytes / parts))
  const declared = length === 0 || length > longestVarchar ? 'LONGTEXT' : `VARCHAR(${length})`
  return `${declared} CHARACTER SET ${charset} COLLATE ${collation}`
}

/** How many columns the largest key has that the column is in; 0: it is in none. */
const keyParts = (name: string, { primaryKey, indexes }: EnsureTableRequest): number =>
  Math.max(
    0,
    ...[primaryKey, ...indexes.map(({ columns }) => columns)]
      .filter((key) => key.includes(name))
      .map((key) => key.length),
  )

const kinds: Readonly<Record<ColumnType, { type: ValueType; declaredType?: string } | undefined>> = {
  unspecified: undefined,
  text: { type: 'text' },
  ascii: { type: 'text' },
  int64: { type: 'integer', declaredType: 'BIGINT' },
  double: { type: 'double', declaredType: 'DOUBLE' },
  boolean: { type: 'boolean', declaredType: 'BOOLEAN' },
  bytes: { type: 'bytes', declaredType: 'LONGBLOB' },
  timestamp: { type: 'timestamp', declaredType: 'TIMESTAMP(6)' },
}

const defaultSqlOf = (definition: ColumnDefinition, type: ValueType, { target }: MysqlSession): string | undefined => {
  const { name } = definition
  const value = defaultValueOf(definition)
  if (value === undefined) return undefined
  const column = { ...computedColumn(name, type), scale: 6 }
  const sql = sqlLiteral(target.binder.value(column, value))
  // Text without a length takes its default as an expression only.
  if (sql !== undefined) return type === 'text' || type === 'bytes' ? `(${sql})` : sql
  throw badColumn(name, 'has a default that a definition cannot hold')
}

const quoted = mysqlDialect.quoteIdentifier
