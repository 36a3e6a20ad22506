import { columnTypeOf } from './column-type.js'
import type { Connection, Field, MysqlRow } from './connection.js'
import { mysqlDialect } from './mysql-dialect.js'
import type { MysqlColumn, MysqlTable, UniqueKey } from './mysql-table.js'

/** A table or view as the database describes it now; undefined: there is none of exactly this name. */
export const readTable = async (name: string, connection: Connection): Promise<MysqlTable | undefined> => {
  const kind = await readKind(name, connection)
  if (kind === undefined) return undefined
  const rows = await connection.rows({ text: columnList, parameters: [name] })
  const jsonColumns = await readJsonColumns(name, connection)
  const columns = rows.map((row) => columnOf(row, kind, jsonColumns))
  const uniqueKeys = groupKeys(await connection.rows({ text: keyParts, parameters: [name] }))
  return {
    name,
    kind,
    columns: new Map(columns.map((column) => [column.name, column])),
    primaryKey: uniqueKeys.find((key) => key.name === 'PRIMARY')?.columns ?? [],
    uniqueKeys,
  }
}

// The names of information_schema compare without regard to case.
const readKind = async (name: string, connection: Connection): Promise<MysqlTable['kind'] | undefined> => {
  const rows = await connection.rows({ text: tableKind, parameters: [name] })
  const type = rows.find(([found]) => found === name)?.[1]
  return type === 'VIEW' ? 'view' : type === 'BASE TABLE' || type === 'SYSTEM VERSIONED' ? 'table' : undefined
}

/** MariaDB's JSON is text with a condition; only the columns of an answer say so. */
const readJsonColumns = async (name: string, connection: Connection): Promise<ReadonlySet<string>> => {
  const names = new Set<string>()
  const open = (fields: readonly Field[]): void => {
    for (const field of fields) if (field.extendedFormat === 'json') names.add(field.name)
  }
  const text = `SELECT * FROM ${mysqlDialect.quoteIdentifier(name)} LIMIT 0`
  await connection.run({ text, parameters: [] }, { open, row: () => {} }).catch(() => {})
  connection.forget(text)
  return names
}

const columnOf = (row: MysqlRow, kind: MysqlTable['kind'], jsonColumns: ReadonlySet<string>): MysqlColumn => {
  const [name, declared, nullable, defaultSql, extra, length, precision, scale, fraction, collation] = row
  const type = columnTypeOf(String(declared))
  const isJson = jsonColumns.has(String(name))
  return {
    ...type,
    ...(isJson && { type: 'json' }),
    name: String(name),
    nullable: nullable === 'YES',
    generated: /GENERATED|ROW START|ROW END/i.test(String(extra)) && !/DEFAULT_GENERATED/i.test(String(extra)),
    maxLength: numberOf(length),
    precision: numberOf(precision),
    scale: numberOf(fraction) ?? numberOf(scale),
    collation: collation === null ? undefined : String(collation),
    isOfView: kind === 'view',
    defaultSql: defaultSql === null || defaultSql === 'NULL' ? undefined : String(defaultSql),
    automatic: /auto_increment/i.test(String(extra)),
    answerAs: undefined,
  }
}

const numberOf = (value: MysqlRow[number] | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value)

const groupKeys = (rows: readonly MysqlRow[]): UniqueKey[] => {
  const keys = new Map<string, (string | undefined)[]>()
  for (const [key, column, part] of rows) {
    const name = String(key)
    keys.set(name, [...(keys.get(name) ?? []), column === null || part !== null ? undefined : String(column)])
  }
  return [...keys].map(([name, columns]) => ({
    name,
    columns: columns.every((column) => column !== undefined) ? columns : [],
  }))
}

const tableKind = `SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`

const columnList = `SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, CHARACTER_MAXIMUM_LENGTH,
    NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, COLLATION_NAME
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND EXTRA NOT LIKE '%INVISIBLE%'
  ORDER BY ORDINAL_POSITION`

const keyParts = `SELECT INDEX_NAME, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND NON_UNIQUE = 0
  ORDER BY INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`
