import { type Conflict, type JsonValue, PluginError, type Predicate, type TableCreateRequest } from '@easyrest/protocol'
import { columnOf, columnTerm, overwrittenColumns, StatementBuilder, writePredicate } from '@easyrest/sql'
import { type Batch, insertPart, statementParts } from './insert-part.js'
import type { InsertedRows } from './inserted-rows.js'
import { duplicateKey } from './mysql-errors.js'
import type { MysqlSession } from './mysql-session.js'
import type { MysqlTable, UniqueKey } from './mysql-table.js'
import { conflictKey } from './unique-key.js'
import type { StoredKey } from './written-rows.js'

/**
 * Inserts rows that may meet existing ones by a unique key. ON DUPLICATE KEY UPDATE would also overwrite a row that is met
 * by another key, and INSERT IGNORE hides every error: so a row is changed by its key, and inserted when there is none.
 * Only where the table has no other key many rows go in one statement.
 */
export const upsertRows = async (
  session: MysqlSession,
  table: MysqlTable,
  batch: Batch,
  request: TableCreateRequest,
  inserted: InsertedRows,
): Promise<void> => {
  const conflict = request.conflict!
  if (conflict.action === 'unspecified') throw new PluginError('unsupported', 'the conflict action is not known here')
  const key = conflictKey(conflict, table)
  const rows = key && new Upsert(session, table, batch, key, conflict, request.overwriteWhen, inserted)
  // A row without the key's columns meets none.
  if (rows === undefined || !rows.namesKey) await inserted.insert(batch)
  else if (rows.canGoTogether) await rows.together()
  else for (const row of batch.rows) await rows.one(row)
}

class Upsert {
  private readonly overwritten: readonly string[]

  constructor(
    private readonly session: MysqlSession,
    private readonly table: MysqlTable,
    private readonly batch: Batch,
    private readonly key: UniqueKey,
    private readonly conflict: Conflict,
    private readonly overwriteWhen: Predicate | undefined,
    private readonly inserted: InsertedRows,
  ) {
    this.overwritten = overwrittenColumns(batch.columns, conflict, key.columns, table)
  }

  get namesKey(): boolean {
    return this.key.columns.every((name) => this.batch.columns.some((column) => column.name === name))
  }

  /** One statement for many rows says nothing of a row that was left as it was. */
  get canGoTogether(): boolean {
    const isOnlyKey = this.table.uniqueKeys.length === 1 && this.table.kind === 'table'
    const isTold = this.conflict.action === 'merge' || !this.inserted.answersRows
    return isOnlyKey && isTold && this.overwriteWhen === undefined && this.batch.rows.length > 1
  }

  async together(): Promise<void> {
    for (const part of statementParts(this.batch, this.session.server.maxPacket)) {
      const values = part.rows.map((row) => this.keyOf(row))
      const before = await this.count(values)
      await insertPart(this.session, this.table, { ...part, conflict: this.conflict })
      const created = (await this.count(values)) - before
      if (this.conflict.action === 'merge') await this.inserted.merged(part, this.key.columns, values, created)
      else await this.inserted.merged({ ...part, rows: part.rows.slice(0, created) }, this.key.columns, [], created)
    }
  }

  async one(row: readonly JsonValue[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      if (await this.overwrite(row)) return
      if (await this.insert(row)) return
      // It exists: since a moment, or as one that is to stay as it is.
      if (this.conflict.action === 'ignore' || this.overwriteWhen !== undefined) return
      if (tries === mostTries)
        throw new PluginError('conflict', 'other writes insert and delete the same row; try again')
    }
  }

  /** False: there is no row with this key, or none that may be overwritten. */
  private async overwrite(row: readonly JsonValue[]): Promise<boolean> {
    if (this.conflict.action === 'ignore') return false
    const key = this.keyOf(row)
    if (key.some(({ value }) => value === null)) return false
    const { affected } = await this.session.run(this.updateStatement(row, key))
    if (affected > 0) await this.inserted.overwritten(this.key.columns, key)
    return affected > 0
  }

  /** False: there is a row with this key. */
  private async insert(row: readonly JsonValue[]): Promise<boolean> {
    try {
      await this.inserted.insert({ columns: this.batch.columns, rows: [row] })
      return true
    } catch (error) {
      if (duplicateKey(error) === this.key.name) return false
      throw error
    }
  }

  private updateStatement(row: readonly JsonValue[], key: StoredKey) {
    const { target } = this.session
    const out = new StatementBuilder(target.dialect).sql('UPDATE ').table(this.table).sql(' SET ')
    // With nothing to overwrite the row still counts.
    if (this.overwritten.length === 0) out.name(this.key.columns[0]!).sql(' = ').name(this.key.columns[0]!)
    out.list(this.overwritten, ', ', (name) => {
      const index = this.batch.columns.findIndex((column) => column.name === name)
      out.name(name).sql(' = ').bind(target.binder.value(this.batch.columns[index]!, row[index]!))
    })
    out.sql(' WHERE ').list([...this.key.columns.entries()], ' AND ', ([index, name]) => {
      out.name(name).sql(' = ').bind(key[index]!)
    })
    if (this.overwriteWhen !== undefined) {
      out.sql(' AND ')
      writePredicate(out, this.overwriteWhen, target, (name) => columnTerm(columnOf(this.table, name), target))
    }
    return out.build()
  }

  /** How many rows have one of these keys; they stay locked. */
  private async count(values: readonly StoredKey[]): Promise<number> {
    const out = new StatementBuilder(this.session.target.dialect).sql('SELECT count(*) FROM ').table(this.table)
    out
      .sql(' WHERE (')
      .list(this.key.columns, ', ', (name) => out.name(name))
      .sql(') IN (')
    out.list(values, ', ', (value) => {
      out
        .sql('(')
        .list(value, ', ', (binding) => out.bind(binding))
        .sql(')')
    })
    const statement = out.sql(') FOR UPDATE').build()
    const [row] = await this.session.rows(statement)
    this.session.connection.forget(statement.text)
    return Number(row![0])
  }

  private keyOf(row: readonly JsonValue[]): StoredKey {
    return this.key.columns.map((name) => {
      const index = this.batch.columns.findIndex((column) => column.name === name)
      return this.session.target.binder.value(this.batch.columns[index]!, row[index]!)
    })
  }
}

const mostTries = 5
