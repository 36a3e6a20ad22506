import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import {
  type ColumnDefinition,
  type EnsureTableRequest,
  type Operator,
  type Predicate,
  type Projection,
  type RequestContext,
  type TableCreateRequest,
  type TableDeleteRequest,
  type TableGetRequest,
  type TableUpdateRequest,
  tableGetRequest,
} from '@easyrest/protocol'
import { Database } from './database.js'
import { SqliteDB } from './sqlite-db.js'

// For the tests of this package: a real file, the plugin on it, and a second connection beside it.

export class TestDatabase {
  readonly plugin = new SqliteDB()
  readonly uri: string

  private constructor(
    readonly path: string,
    /** Another program, as far as SQLite can tell. */
    readonly other: Database,
  ) {
    this.uri = `sqlite://${path}`
  }

  static async create(context: TestContext, schema: string): Promise<TestDatabase> {
    const directory = mkdtempSync(join(tmpdir(), 'easyrest-sqlite-'))
    const path = join(directory, 'test.db')
    const other = Database.open({ path, readOnly: false, busyTimeoutMs: 5000 })
    other.exec(schema)
    const database = new TestDatabase(path, other)
    await database.plugin.initConnection({ uri: database.uri, connectionName: 'test' })
    context.after(async () => {
      await database.plugin.close()
      other.close()
      rmSync(directory, { recursive: true })
    })
    return database
  }

  /** The bytes of the rows, as text. */
  async text(table: string, request: Partial<TableGetRequest> = {}): Promise<string> {
    const { rows } = await this.plugin.tableGet(getRequest(table, request))
    return Buffer.from(rows as Uint8Array).toString('utf8')
  }

  async rows(table: string, request: Partial<TableGetRequest> = {}): Promise<Record<string, unknown>[]> {
    return JSON.parse(await this.text(table, request))
  }

  /** Values of one column in the rows that match, in their order. */
  async values(table: string, column: string, request: Partial<TableGetRequest> = {}): Promise<unknown[]> {
    return (await this.rows(table, request)).map((row) => row[column])
  }

  async create(table: string, rows: object[] | string, request: Partial<TableCreateRequest> = {}) {
    const answer = await this.plugin.tableCreate({ ...createRequest(table, rows), ...request })
    return { ...answer, rows: textOf(answer.rows), keys: textOf(answer.keys) }
  }

  async update(table: string, data: object | string, request: Partial<TableUpdateRequest> = {}) {
    const bytes = Buffer.from(typeof data === 'string' ? data : JSON.stringify(data))
    const answer = await this.plugin.tableUpdate({ ...deleteRequest(table), data: bytes, ...request })
    return { ...answer, rows: textOf(answer.rows) }
  }

  async ensure(
    table: string,
    columns: readonly Partial<ColumnDefinition>[],
    request: Partial<EnsureTableRequest> = {},
  ) {
    return this.plugin.ensureTable({
      context: contextWith({}),
      table,
      columns: columns.map((column) => ({ ...plainColumn, ...column })),
      primaryKey: [],
      indexes: [],
      ...request,
    })
  }

  async delete(table: string, request: Partial<TableDeleteRequest> = {}) {
    const answer = await this.plugin.tableDelete({ ...deleteRequest(table), ...request })
    return { ...answer, rows: textOf(answer.rows) }
  }
}

export const contextWith = (context: Partial<RequestContext>): RequestContext => ({
  userId: '',
  timezone: 'UTC',
  txEnd: 'commit',
  readOnly: false,
  ctx: Buffer.alloc(0),
  ...context,
})

export const compare = (column: string, operator: Operator, ...operands: string[]): Predicate => ({
  kind: 'comparison',
  column,
  operator,
  operands,
})

export const not = (item: Predicate): Predicate => ({ kind: 'not', item })
export const and = (...items: Predicate[]): Predicate => ({ kind: 'and', items })
export const or = (...items: Predicate[]): Predicate => ({ kind: 'or', items })

export const column = (name: string, alias = name, cast = ''): Projection => ({
  kind: 'column',
  alias,
  column: name,
  cast,
})

export const getRequest = (table: string, request: Partial<TableGetRequest> = {}): TableGetRequest =>
  tableGetRequest(table, { context: contextWith({}), ...request })

export const createRequest = (table: string, rows: object[] | string): TableCreateRequest => ({
  context: contextWith({}),
  table,
  rows: Buffer.from(typeof rows === 'string' ? rows : JSON.stringify(rows)),
  rowCount: 0,
  columns: [],
  missingDefault: false,
  conflict: undefined,
  returning: 'unspecified',
  select: [],
  expectSingle: false,
  maxAffected: undefined,
  overwriteWhen: undefined,
})

export const deleteRequest = (table: string): TableDeleteRequest => ({
  context: contextWith({}),
  table,
  where: undefined,
  returning: 'unspecified',
  select: [],
  expectSingle: false,
  maxAffected: undefined,
  ifMatch: [],
  ifMatchSelect: [],
})

const plainColumn: ColumnDefinition = {
  name: 'c',
  type: 'text',
  maxLength: 0,
  nullable: true,
  defaultJson: Buffer.alloc(0),
}

const textOf = (rows: unknown): string | undefined =>
  rows === undefined ? undefined : Buffer.from(rows as Uint8Array).toString('utf8')
