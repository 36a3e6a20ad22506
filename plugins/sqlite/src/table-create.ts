import { type CreateAnswer, checkWrite } from '@easyrest/plugin'
import { type JsonRow, type JsonValue, parseJsonRows, type TableCreateRequest } from '@easyrest/protocol'
import {
  columnOf,
  conflictTarget,
  type Insertion,
  insertStatement,
  type ReturningSelection,
  StatementBuilder,
  writableColumnOf,
} from '@easyrest/sql'
import { keyProjection } from './key-projection.js'
import { RowWriter } from './row-writer.js'
import { type SqliteSession, timezoneOf } from './sqlite-session.js'
import type { SqliteColumn, SqliteTable } from './sqlite-table.js'
import { writeTransaction } from './transaction.js'

/** All rows in one transaction: all or none. */
export const tableCreate = (session: SqliteSession, request: TableCreateRequest): CreateAnswer => {
  const rows = parseJsonRows(request.rows)
  checkWrite({ ...request, expectSingle: false }, 0)
  return writeTransaction(session.database, request.context?.txEnd ?? 'commit', () => {
    const creation = new Creation(session, request)
    for (const row of rows) creation.add(row)
    checkWrite(request, creation.affected)
    return creation.answer()
  })
}

class Creation {
  affected = 0
  private inserted = 0
  private writer: RowWriter | undefined
  private readonly table: SqliteTable
  private readonly returning: ReturningSelection

  constructor(
    private readonly session: SqliteSession,
    private readonly request: TableCreateRequest,
  ) {
    this.table = session.catalog.table(request.table)
    this.returning = returningOf(request, this.table)
  }

  add(row: JsonRow): void {
    const isNew = !this.meetsExisting(row)
    if (!this.insert(row)) return
    this.affected++
    if (isNew) this.inserted++
  }

  answer(): CreateAnswer {
    const counts = { affected: this.affected, inserted: this.inserted }
    if (this.request.returning === 'none') return counts
    const rows = this.writer?.rows() ?? Buffer.from('[]')
    if (this.request.returning === 'keys') return { ...counts, keys: rows }
    return { ...counts, rows, rowCount: this.writer?.rowCount ?? 0 }
  }

  /** False: the row met an existing one, which stays as it is. */
  private insert(row: JsonRow): boolean {
    const statement = insertStatement(
      this.insertion(row),
      this.table,
      this.session.target(this.request.context, 'exact'),
    )
    if (this.returning === undefined) return this.session.database.run(statement) > 0
    const stored = this.session.database.get(statement)
    if (stored === undefined) return false
    this.writer ??= new RowWriter(statement, 'exact', timezoneOf(this.request.context), Infinity)
    this.writer.write(stored)
    return true
  }

  private insertion(row: JsonRow): Insertion<SqliteColumn> {
    const { columns: listed, missingDefault, conflict, overwriteWhen } = this.request
    const names =
      listed.length === 0 ? [...row.keys()] : missingDefault ? listed.filter((name) => row.has(name)) : listed
    return {
      columns: names.map((name) => writableColumnOf(this.table, name)),
      rows: [names.map((name) => row.get(name) ?? nothing)],
      conflict,
      overwriteWhen,
      returning: this.returning,
    }
  }

  // SQLite does not say whether an upsert inserted or overwrote, so the key is looked up before.
  private meetsExisting(row: JsonRow): boolean {
    const { conflict, context } = this.request
    if (conflict?.action !== 'merge') return false
    const key = conflictTarget(conflict, this.table)
    if (key.length === 0 || !key.every((name) => row.has(name))) return false
    const { dialect, binder } = this.session.target(context, 'exact')
    const out = new StatementBuilder(dialect).sql('SELECT 1 FROM ').name(this.table.name).sql(' WHERE ')
    out.list(key, ' AND ', (name) => {
      out
        .name(name)
        .sql(' = ')
        .bind(binder.value(columnOf(this.table, name), row.get(name)!))
    })
    return this.session.database.get(out.build()) !== undefined
  }
}

const returningOf = ({ returning, select }: TableCreateRequest, table: SqliteTable): ReturningSelection => {
  if (returning === 'keys') return keyProjection(table)
  if (returning !== 'none') return select
  // SQLite counts no rows that a trigger of a view writes, but it returns them.
  return table.kind === 'view' ? [] : undefined
}

const nothing: JsonValue = { kind: 'null' }
