import { type CreateAnswer, checkWrite } from '@easyrest/plugin'
import {
  type JsonRow,
  type JsonValue,
  PluginError,
  type Projection,
  parseJsonRows,
  type TableCreateRequest,
} from '@easyrest/protocol'
import {
  conflictTarget,
  type Insertion,
  insertStatement,
  keyProjection,
  StatementBuilder,
  writableColumnOf,
} from '@easyrest/sql'
import type { SqliteSession } from './sqlite-session.js'
import type { SqliteColumn, SqliteTable } from './sqlite-table.js'
import { writeTransaction } from './transaction.js'
import { WrittenRows } from './written-rows.js'

/** All rows in one transaction: all or none. */
export const tableCreate = (session: SqliteSession, request: TableCreateRequest): CreateAnswer => {
  const rows = parseJsonRows(request.rows)
  if (request.overwriteWhen !== undefined && request.conflict?.action !== 'merge') {
    throw new PluginError('bad_value', 'a condition on overwriting belongs to a conflict that is merged')
  }
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
  private readonly table: SqliteTable
  private readonly written: WrittenRows | undefined

  constructor(
    private readonly session: SqliteSession,
    private readonly request: TableCreateRequest,
  ) {
    this.table = session.catalog.table(request.table)
    // With missing_default no statement need name them, nor where there is no row.
    for (const name of request.columns) writableColumnOf(this.table, name)
    const select = selectOf(request, this.table)
    this.written = select && new WrittenRows(session, this.table, request.context, select)
  }

  add(row: JsonRow): void {
    const insertion = this.insertion(row)
    const isNew = !this.meetsExisting(insertion)
    if (!this.insert(insertion)) return
    this.affected++
    if (isNew) this.inserted++
  }

  answer(): CreateAnswer {
    const counts = { affected: this.affected, inserted: this.inserted }
    if (this.written === undefined || this.request.returning === 'none') return counts
    const answered = this.written.finish()
    return this.request.returning === 'keys' ? { ...counts, keys: answered.rows } : { ...counts, ...answered }
  }

  /** False: the row met an existing one, which stays as it is. */
  private insert(insertion: Insertion<SqliteColumn>): boolean {
    const target = this.session.target(this.request.context, 'exact')
    const statement = insertStatement(insertion, this.written?.table ?? this.table, target)
    if (this.written === undefined) return this.session.database.run(statement) > 0
    const stored = this.session.database.get(statement)
    if (stored !== undefined) this.written.add(statement, stored)
    return stored !== undefined
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
      returning: this.written?.returning,
    }
  }

  // SQLite does not say whether an upsert inserted or overwrote, so the key is looked up before.
  private meetsExisting({ columns, rows, conflict }: Insertion<SqliteColumn>): boolean {
    // As in the statement: a row of nothing but defaults conflicts with none.
    if (conflict?.action !== 'merge' || columns.length === 0) return false
    const key = conflictTarget(conflict, this.table)
    if (key.length === 0) return false
    const { dialect, binder } = this.session.target(this.request.context, 'exact')
    const out = new StatementBuilder(dialect).sql('SELECT 1 FROM ').name(this.table.name).sql(' WHERE ')
    out.list(key, ' AND ', (name) => {
      const index = columns.findIndex((column) => column.name === name)
      out.name(name).sql(' = ')
      if (index >= 0) out.bind(binder.value(columns[index]!, rows[0]![index]!))
      else out.sql(`(${this.table.columns.get(name)!.defaultSql ?? 'NULL'})`)
    })
    return this.session.database.get(out.build()) !== undefined
  }
}

/** What is answered of each row; undefined: nothing. */
const selectOf = ({ returning, select }: TableCreateRequest, table: SqliteTable): readonly Projection[] | undefined => {
  if (returning === 'keys') return keyProjection(table)
  if (returning !== 'none') return select
  // SQLite counts no rows that a trigger of a view writes, but it returns them.
  return table.kind === 'view' ? [] : undefined
}

const nothing: JsonValue = { kind: 'null' }
