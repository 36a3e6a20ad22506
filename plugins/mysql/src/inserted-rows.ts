import type { CreateAnswer } from '@easyrest/plugin'
import { type JsonValue, PluginError, type Projection, type Returning } from '@easyrest/protocol'
import { type Binding, checkReturning } from '@easyrest/sql'
import { integerBinding } from './bindings.js'
import type { Outcome } from './connection.js'
import { type Batch, insertPart, statementParts } from './insert-part.js'
import type { MysqlSession } from './mysql-session.js'
import type { MysqlTable } from './mysql-table.js'
import { requiredIdentity, type StoredKey, WrittenRows } from './written-rows.js'

/** Inserts rows, counts them, and keeps what is to be answered of them. */
export class InsertedRows {
  affected = 0
  inserted = 0
  private readonly written: WrittenRows | undefined

  /** @param select what is answered of each row; undefined: nothing */
  constructor(
    private readonly session: MysqlSession,
    private readonly table: MysqlTable,
    private readonly select: readonly Projection[] | undefined,
  ) {
    if (select === undefined) return
    checkReturning(select)
    this.written = new WrittenRows(session, table, select)
  }

  get answersRows(): boolean {
    return this.written !== undefined
  }

  /** A duplicate fails. */
  async insert(batch: Batch): Promise<void> {
    if (this.written === undefined || this.session.server.hasReturning) await this.insertParts(batch)
    else for (const row of batch.rows) await this.insertAndRead(this.written, { columns: batch.columns, rows: [row] })
    this.affected += batch.rows.length
    this.inserted += batch.rows.length
  }

  /** An existing row has taken new values. */
  async overwritten(key: readonly string[], value: StoredKey): Promise<void> {
    this.affected++
    await this.written?.read(key, [value])
  }

  /** Rows that one statement has written, new ones and others. */
  async merged(part: Batch, key: readonly string[], values: readonly StoredKey[], inserted: number): Promise<void> {
    this.affected += part.rows.length
    this.inserted += inserted
    await this.written?.read(key, values)
  }

  answer(returning: Returning): CreateAnswer {
    const counts = { affected: this.affected, inserted: this.inserted }
    if (this.written === undefined) return counts
    const answered = this.written.finish()
    return returning === 'keys' ? { ...counts, keys: answered.rows } : { ...counts, ...answered }
  }

  private async insertParts(batch: Batch): Promise<void> {
    const { written } = this
    // Without columns each row is a statement of its own.
    for (const part of statementParts(batch, this.session.server.maxPacket)) {
      const sink = written && ((statement: Parameters<WrittenRows['sink']>[0]) => written.sink(statement))
      await insertPart(this.session, this.table, { ...part, returning: this.select }, sink)
    }
  }

  /** For servers that do not return what they insert. */
  private async insertAndRead(written: WrittenRows, row: Batch): Promise<void> {
    const key = requiredIdentity(this.table)
    const outcome = await insertPart(this.session, this.table, row)
    await written.read(key, [key.map((name) => this.keyValue(name, row, outcome))])
  }

  private keyValue(name: string, { columns, rows }: Batch, { insertId }: Outcome): Binding {
    const index = columns.findIndex((column) => column.name === name)
    const column = this.table.columns.get(name)!
    const given: JsonValue | undefined = rows[0]![index]
    if (given !== undefined && given.kind !== 'null') return this.session.target.binder.value(column, given)
    if (column.automatic) return integerBinding(BigInt(insertId))
    throw new PluginError(
      'unsupported',
      `the new row cannot be read again without its ${name}; give it, or leave return= out`,
      {
        details: { column: name },
      },
    )
  }
}
