import {
  type EnsureTableRequest,
  type EnsureTableResponse,
  type IndexDefinition,
  PluginError,
} from '@easyrest/protocol'
import { checkDefinition, type NameRules, needsDefault } from '@easyrest/sql'
import { columnSql, type NewColumn, newColumn } from './column-sql.js'
import { isOwnTable } from './introspect.js'
import { sqliteDialect } from './sqlite-dialect.js'
import { type SqliteSession, timezoneOf } from './sqlite-session.js'
import type { SqliteTable } from './sqlite-table.js'
import { writeTransaction } from './transaction.js'

/** Creates the table, or adds the columns and indexes that are missing. What is there stays as it is. */
export const ensureTable = (session: SqliteSession, request: EnsureTableRequest): EnsureTableResponse => {
  if (request.context?.readOnly) throw new PluginError('permission', 'the request may only read')
  const columns = request.columns.map((definition) => newColumn(definition, timezoneOf(request.context)))
  return writeTransaction(session.database, request.context?.txEnd ?? 'commit', () => {
    const existing = session.catalog.find(request.table)
    checkDefinition(request, existing, nameRules)
    const change = new SchemaChange(session, request)
    if (existing === undefined) change.create(columns)
    else change.extend(existing, columns)
    for (const index of request.indexes) change.ensureIndex(index)
    return { created: existing === undefined }
  })
}

class SchemaChange {
  private readonly table: string

  constructor(
    private readonly session: SqliteSession,
    private readonly request: EnsureTableRequest,
  ) {
    this.table = quoted(request.table)
  }

  create(columns: readonly NewColumn[]): void {
    const { primaryKey } = this.request
    const parts = columns.map((column) => columnSql(column, primaryKey.includes(column.name)))
    if (primaryKey.length > 0) parts.push(`PRIMARY KEY (${primaryKey.map(quoted).join(', ')})`)
    this.exec(`CREATE TABLE ${this.table} (${parts.join(', ')})`)
  }

  extend(existing: SqliteTable, columns: readonly NewColumn[]): void {
    for (const column of columns) {
      if (existing.columns.has(column.name)) this.checkKind(existing, column)
      else this.add(column)
    }
  }

  ensureIndex({ name, columns, unique }: IndexDefinition): void {
    const taken = this.session.database.get({ text: byName, parameters: [name] })
    if (taken !== undefined) return this.checkIndex(String(taken[0]), String(taken[1]), { name, columns, unique })
    const kind = unique ? 'UNIQUE INDEX' : 'INDEX'
    this.exec(`CREATE ${kind} ${quoted(name)} ON ${this.table} (${columns.map(quoted).join(', ')})`)
  }

  private add(column: NewColumn): void {
    if (!column.nullable && column.defaultSql === undefined && this.hasRows()) {
      throw needsDefault(this.request.table, column.name)
    }
    this.exec(`ALTER TABLE ${this.table} ADD COLUMN ${columnSql(column, false)}`)
  }

  private checkKind(existing: SqliteTable, wanted: NewColumn): void {
    const { type, generated } = existing.columns.get(wanted.name)!
    if (generated) throw this.mismatch(wanted, 'is computed by the database')
    if (type !== wanted.type) throw this.mismatch(wanted, `holds ${type}, not ${wanted.type}`)
    if (wanted.bytewise && !this.comparesBytes(wanted)) throw this.mismatch(wanted, 'is not compared byte by byte')
  }

  /** Asks with the column's own collation, which SQLite tells in no other way. */
  private comparesBytes({ name }: NewColumn): boolean {
    const sample = `SELECT ${quoted(name)} AS v FROM ${this.table} WHERE FALSE UNION ALL SELECT 'A'`
    return this.session.database.get({ text: `SELECT v = 'a' OR v = 'A ' FROM (${sample})`, parameters: [] })![0] === 0n
  }

  private mismatch({ name }: NewColumn, problem: string): PluginError {
    const { table } = this.request
    return new PluginError('bad_value', `the column ${name} of ${table} exists already and ${problem}`, {
      details: { column: name, table },
    })
  }

  private checkIndex(type: string, table: string, wanted: IndexDefinition): void {
    if (type === 'index' && sameName(table, this.request.table) && this.isSameIndex(wanted)) return
    const problem = type === 'index' ? 'an index with other columns, of another table or another kind' : `a ${type}`
    throw new PluginError('bad_value', `${wanted.name} exists already and is ${problem}; choose another name`, {
      details: { constraint: wanted.name },
    })
  }

  private isSameIndex({ name, columns, unique }: IndexDefinition): boolean {
    const { database } = this.session
    const [isUnique, isPartial] = database.get({ text: indexKind, parameters: [this.request.table, name] })!
    const indexed = database.all({ text: indexColumns, parameters: [name] }).map(([column]) => column)
    return (
      isUnique === (unique ? 1n : 0n) &&
      isPartial === 0n &&
      indexed.length === columns.length &&
      indexed.every((column, index) => column === columns[index])
    )
  }

  private hasRows(): boolean {
    return this.session.database.get({ text: `SELECT 1 FROM ${this.table} LIMIT 1`, parameters: [] }) !== undefined
  }

  private exec(text: string): void {
    this.session.database.exec(text)
  }
}

const quoted = sqliteDialect.quoteIdentifier

/** SQLite compares names without regard to case, of ASCII. */
const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const nameRules: NameRules = { isOwnTable, sameName, reservedPrefix: 'sqlite_' }

// Tables, indexes, views and triggers share one space of names, in which case does not count.
const byName = 'SELECT type, tbl_name FROM sqlite_schema WHERE name = ? COLLATE NOCASE'
const indexKind = 'SELECT "unique", partial FROM pragma_index_list(?) WHERE name = ? COLLATE NOCASE'
const indexColumns = 'SELECT name FROM pragma_index_info(?) ORDER BY seqno'
