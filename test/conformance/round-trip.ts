import assert from 'node:assert/strict'
import type { DbClient, ManagedConnection } from '@easyrest/host'
import {
  type JsonRow,
  type JsonValue,
  PluginError,
  type Predicate,
  parseJsonRows,
  type RequestContext,
  tableGetRequest,
} from '@easyrest/protocol'
import fc from 'fast-check'
import { type SentValue, type ValueKind, valueKinds } from './value-kinds.js'

/** A table that is empty and may be written: what its columns hold. */
export interface RoundTripTable {
  readonly table: string
  /** The primary key, an integer. */
  readonly key: string
  readonly columns: Readonly<Record<string, ValueKind>>
}

export interface RoundTripCounts {
  /** Writes that were carried out, and those that were refused with bad_value. */
  readonly written: number
  readonly refused: number
}

/**
 * The property that whatever is written through TableCreate and TableUpdate is read back equal, by the answer of the
 * write, TableGet and TableGetStream, or is refused with bad_value and changes nothing. What every database can hold must
 * not be refused. Rejects with fast-check's smallest counterexample.
 */
export async function checkRoundTrip(
  connection: ManagedConnection,
  table: RoundTripTable,
  runs: number,
): Promise<RoundTripCounts> {
  const subject = new Subject(connection, table)
  const row = fc.record(
    Object.fromEntries(Object.entries(table.columns).map(([name, kind]) => [name, valueKinds[kind].values()])),
    { noNullPrototype: true },
  )
  const property = fc.asyncProperty(
    fc.array(row, { minLength: 1, maxLength: 3 }),
    row,
    fc.constantFrom(...timezones),
    (rows, change, timezone) => subject.tryOut(rows, change, timezone),
  )
  await fc.assert(property, { numRuns: runs, includeErrorInReport: true })
  return subject.counts
}

type SentRow = Readonly<Record<string, SentValue>>

const timezones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', '-11:00']

class Subject {
  readonly counts = { written: 0, refused: 0 }
  private readonly db: DbClient
  private readonly table: string

  constructor(
    private readonly connection: ManagedConnection,
    private readonly description: RoundTripTable,
  ) {
    this.db = connection.db
    this.table = description.table
  }

  async tryOut(rows: readonly SentRow[], change: SentRow, timezone: string): Promise<void> {
    const context = contextIn(timezone)
    await this.db.tableDelete({ ...changeOf(this.table, context), returning: 'none' })
    const created = await this.refusable(rows, this.create(rows, context))
    await this.expectRows(created ? rows : [], context)
    if (!created) return
    const updated = await this.refusable([change], this.update(change, context))
    await this.expectRows(updated ? [change, ...rows.slice(1)] : rows, context)
  }

  /** Whether the write was carried out; only what is odd may be refused. */
  private async refusable(rows: readonly SentRow[], write: Promise<void>): Promise<boolean> {
    try {
      await write
      this.counts.written++
      return true
    } catch (error) {
      if (!(error instanceof PluginError)) throw error
      assert.equal(error.reason, 'bad_value', `refused with ${error.reason}: ${error.message}`)
      const ordinary = rows.every((row) => Object.values(row).every((value) => value.ordinary))
      assert.ok(!ordinary, `expected these values to be taken, got bad_value: ${error.message}`)
      this.counts.refused++
      return false
    }
  }

  private async create(rows: readonly SentRow[], context: RequestContext): Promise<void> {
    const { key } = this.description
    const objects = rows.map((row, index) => `{"${key}":${index + 1},${membersOf(row)}}`)
    const answer = await this.db.tableCreate({
      ...{ context, table: this.table, columns: [], missingDefault: false, conflict: undefined, returning: 'rows' },
      ...{ select: [], expectSingle: false, maxAffected: undefined, overwriteWhen: undefined },
      rows: Buffer.from(`[${objects.join(',')}]`),
      rowCount: rows.length,
    })
    this.compare(rows, answer.rows, 'the answer of TableCreate')
  }

  private async update(change: SentRow, context: RequestContext): Promise<void> {
    const returning = this.connection.can('returning') ? 'rows' : 'none'
    const where: Predicate = { kind: 'comparison', column: this.description.key, operator: 'eq', operands: ['1'] }
    const data = Buffer.from(`{${membersOf(change)}}`)
    const answer = await this.db.tableUpdate({ ...changeOf(this.table, context), where, data, returning })
    assert.equal(answer.affected, 1)
    if (returning === 'rows') this.compare([change], answer.rows, 'the answer of TableUpdate')
  }

  private async expectRows(rows: readonly SentRow[], context: RequestContext): Promise<void> {
    const ordering = [{ column: this.description.key, direction: 'asc', nulls: 'unspecified' }] as const
    const request = tableGetRequest(this.table, { context, ordering })
    const answer = await this.db.tableGet(request)
    this.compare(rows, answer.rows, 'TableGet')
    if (!this.connection.can('stream')) return
    const chunks: Uint8Array[] = []
    for await (const chunk of this.db.tableGetStream(request)) if (chunk.rowCount > 0) chunks.push(chunk.rows)
    const streamed = `[${chunks.map((chunk) => Buffer.from(chunk).toString('utf8')).join(',')}]`
    assert.equal(streamed, Buffer.from(answer.rows).toString('utf8'), 'TableGetStream and TableGet differ')
  }

  private compare(sent: readonly SentRow[], bytes: Uint8Array, where: string): void {
    const rows = parseJsonRows(bytes)
    assert.equal(rows.length, sent.length, `${where}: expected ${sent.length} rows, got ${rows.length}`)
    for (const [index, row] of sent.entries()) {
      for (const [name, { json }] of Object.entries(row)) this.compareValue(name, json, rows[index]!, where)
    }
  }

  private compareValue(name: string, json: string, row: JsonRow, where: string): void {
    const read = row.get(name)
    assert.ok(read !== undefined, `${where}: the column ${name} is missing`)
    const sent = parseValue(json)
    if (spelling(sent) === spelling(read)) return
    const { canonical } = valueKinds[this.description.columns[name]!]
    const value = canonical(sent)
    assert.ok(
      value !== undefined && value === canonical(read),
      `${where}: ${name} was written as ${json} and read as ${spelling(read)}`,
    )
  }
}

const contextIn = (timezone: string): RequestContext => ({
  ...{ userId: '', txEnd: 'commit', readOnly: false, ctx: Buffer.from('{}') },
  timezone,
})

/** A change of every row. */
const changeOf = (table: string, context: RequestContext) => ({
  ...{ context, table, where: undefined, select: [], expectSingle: false, maxAffected: undefined },
  ...{ ifMatch: [], ifMatchSelect: [] },
})

const membersOf = (row: SentRow): string =>
  Object.entries(row)
    .map(([name, { json }]) => `"${name}":${json}`)
    .join(',')

const parseValue = (json: string): JsonValue => parseJsonRows(Buffer.from(`[{"v":${json}}]`))[0]!.get('v')!

const spelling = (value: JsonValue): string => {
  if (value.kind === 'string') return JSON.stringify(value.text)
  return 'text' in value ? value.text : value.kind
}
