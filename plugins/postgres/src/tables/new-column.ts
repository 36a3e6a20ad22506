import {
  type ColumnDefinition,
  type ColumnType,
  JsonScanError,
  type JsonValue,
  PluginError,
  parseJsonRow,
} from '@easyrest/protocol'
import { computedColumn } from '../catalog/postgres-table.js'
import type { ValueKind } from '../catalog/value-kind.js'
import { quoteIdentifier } from '../sql/postgres-dialect.js'
import { readRowRuns } from '../values/row-source.js'

/** A column that EnsureTable asks for, in PostgreSQL's terms. */
export interface NewColumn {
  readonly name: string
  readonly kind: ValueKind
  readonly sqlType: string
  /** Compared byte by byte. */
  readonly bytewise: boolean
  readonly nullable: boolean
  readonly defaultSql: string | undefined
}

/** Throws `bad_value`, naming the column. */
export const newColumn = (definition: ColumnDefinition): NewColumn => {
  const { name, maxLength, nullable } = definition
  const found = kinds[definition.type]
  if (found === undefined) throw badColumn(name, 'needs a type that is known here')
  const { kind, type, bytewise } = found
  if (maxLength > 0 && kind !== 'text') throw badColumn(name, 'has a largest length, which only text has')
  if (maxLength > longestText) throw badColumn(name, `has a length beyond ${longestText}; leave it out`)
  const sqlType = maxLength > 0 ? `varchar(${maxLength})` : type
  const modifier = maxLength > 0 ? maxLength + 4 : -1
  const defaultSql = defaultSqlOf(definition, { ...computedColumn(name, kind, sqlType), modifier })
  return { name, kind, sqlType, bytewise, nullable, defaultSql }
}

/** The column as CREATE TABLE and ALTER TABLE write it. */
export const columnSql = ({ name, sqlType, bytewise, nullable, defaultSql }: NewColumn, isKey: boolean): string => {
  const parts = [quoteIdentifier(name), sqlType]
  if (bytewise) parts.push('COLLATE pg_catalog."C"')
  if (isKey || !nullable) parts.push('NOT NULL')
  if (defaultSql !== undefined) parts.push(`DEFAULT ${defaultSql}`)
  return parts.join(' ')
}

const longestText = 10_485_760

const kinds: Readonly<
  Record<ColumnType, { readonly kind: ValueKind; readonly type: string; readonly bytewise: boolean } | undefined>
> = {
  unspecified: undefined,
  text: { kind: 'text', type: 'text', bytewise: false },
  ascii: { kind: 'text', type: 'text', bytewise: true },
  int64: { kind: 'int8', type: 'bigint', bytewise: false },
  double: { kind: 'float8', type: 'double precision', bytewise: false },
  boolean: { kind: 'boolean', type: 'boolean', bytewise: false },
  bytes: { kind: 'bytes', type: 'bytea', bytewise: false },
  timestamp: { kind: 'timestamptz', type: 'timestamptz', bytewise: false },
}

type DefaultColumn = ReturnType<typeof computedColumn>

const defaultSqlOf = ({ name, nullable, defaultJson }: ColumnDefinition, column: DefaultColumn): string | undefined => {
  if (defaultJson.length === 0) return undefined
  const value = parseDefault(name, defaultJson, column)
  if (value.kind !== 'null') return literal(value, column)
  if (nullable) return undefined
  throw badColumn(name, 'may not be null, but its default is')
}

// As a body of one row, so that the rules of rows hold.
const parseDefault = (name: string, json: Uint8Array, column: DefaultColumn): JsonValue => {
  try {
    const body = Buffer.concat([Buffer.from('{"value":'), json, Buffer.from('}')])
    readRowRuns(body, 1, () => column)
    const row = parseJsonRow(body)
    if (row.size === 1) return row.get('value')!
  } catch (error) {
    if (!(error instanceof JsonScanError)) throw error
  }
  throw badColumn(name, 'has a default that is not one JSON value')
}

/** PostgreSQL takes no parameters in a definition, so the value is written out. */
const literal = (value: JsonValue, { kind, sqlType }: DefaultColumn): string => {
  const text = 'text' in value ? value.text : value.kind
  if (kind === 'bytes') return `'\\x${Buffer.from(text, 'base64').toString('hex')}'::bytea`
  return `${quotedLiteral(text)}::${sqlType}`
}

// A backslash is an escape in E'' only, whatever standard_conforming_strings says.
const quotedLiteral = (text: string): string =>
  `${text.includes('\\') ? 'E' : ''}'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

const badColumn = (name: string, problem: string): PluginError =>
  new PluginError('bad_value', `the column ${name} ${problem}`, { details: { column: name } })
