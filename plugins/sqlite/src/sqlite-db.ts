import type {
  BatchAnswer,
  Call,
  ChangeAnswer,
  CreateAnswer,
  DBPlugin,
  RowsAnswer,
  SchemaAnswer,
} from '@easyrest/plugin'
import {
  type Capability,
  type EnsureTableRequest,
  type EnsureTableResponse,
  type GetSchemaRequest,
  type InitConnectionRequest,
  type InitConnectionResponse,
  PluginError,
  type QueryRequest,
  type TableBatchRequest,
  type TableCreateRequest,
  type TableDeleteRequest,
  type TableGetChunk,
  type TableGetRequest,
  type TableUpdateRequest,
} from '@easyrest/protocol'
import { ensureTable } from './ensure-table.js'
import { getSchema } from './get-schema.js'
import { openDatabase } from './open-database.js'
import type { QueryProcesses } from './query-processes.js'
import { SqliteSession, timezoneOf } from './sqlite-session.js'
import { parseSqliteUri, type SqliteUri } from './sqlite-uri.js'
import { tableBatch } from './table-batch.js'
import { tableDelete, tableUpdate } from './table-change.js'
import { tableCreate } from './table-create.js'
import { tableGet } from './table-get.js'
import { tableGetStream } from './table-get-stream.js'

/** The DB role on one connection. Each call runs to its end without a pause, so calls never share a transaction. */
export class SqliteDB implements DBPlugin {
  readonly capabilities: readonly Capability[] = [
    'filter_tree',
    'aggregates',
    'distinct',
    'cast',
    'count',
    'last_key',
    'returning',
    'upsert',
    'missing_default',
    'precondition',
  ]
  private session: SqliteSession | undefined
  /** Where queries find the database; undefined before InitConnection. */
  protected location: SqliteUri | undefined
  private queries: Promise<QueryProcesses> | undefined

  async initConnection({ uri }: InitConnectionRequest): Promise<InitConnectionResponse> {
    const location = parseSqliteUri(uri)
    const session = new SqliteSession(openDatabase(location))
    const version = session.perform(() => session.database.get({ text: 'SELECT sqlite_version()', parameters: [] })![0])
    this.session = session
    this.location = location
    return { server: `SQLite ${version}` }
  }

  async tableGet(request: TableGetRequest, call?: Call): Promise<RowsAnswer> {
    return this.perform((session) => tableGet(session, request), call)
  }

  async tableCreate(request: TableCreateRequest, call?: Call): Promise<CreateAnswer> {
    return this.perform((session) => tableCreate(session, request), call)
  }

  async tableUpdate(request: TableUpdateRequest, call?: Call): Promise<ChangeAnswer> {
    return this.perform((session) => tableUpdate(session, request), call)
  }

  async tableDelete(request: TableDeleteRequest, call?: Call): Promise<ChangeAnswer> {
    return this.perform((session) => tableDelete(session, request), call)
  }

  async tableBatch(request: TableBatchRequest, call?: Call): Promise<BatchAnswer> {
    return this.perform((session) => tableBatch(session, request), call)
  }

  async query(request: QueryRequest, call?: Call): Promise<RowsAnswer> {
    this.queries ??= startQueries(locationForQueries(this.location))
    const { context, statement, maxRows, maxReplyBytes } = request
    return (await this.queries).run({ statement, maxRows, maxReplyBytes, timezone: timezoneOf(context) }, call)
  }

  async ensureTable(request: EnsureTableRequest, call?: Call): Promise<EnsureTableResponse> {
    return this.perform((session) => ensureTable(session, request), call)
  }

  async getSchema(request: GetSchemaRequest, call?: Call): Promise<SchemaAnswer> {
    return this.perform((session) => getSchema(session, request), call)
  }

  async close(): Promise<void> {
    this.session?.database.close()
    this.session = undefined
    const queries = this.queries
    this.queries = undefined
    await queries?.then((processes) => processes.close()).catch(() => {})
  }

  async *tableGetStream(request: TableGetRequest, call?: Call): AsyncGenerator<TableGetChunk> {
    yield* this.perform((session) => tableGetStream(session, request, call), call)
  }

  private perform<Result>(work: (session: SqliteSession) => Result, call: Call | undefined): Result {
    const session = this.session
    if (session === undefined) throw new PluginError('unavailable', 'InitConnection has not been called')
    return session.perform(() => work(session), call)
  }
}

/**
 * The role in the main thread of a program whose threads have the connections: only queries are served here, and they
 * have processes of their own.
 */
export class SqliteQueriesDB extends SqliteDB {
  override async initConnection({ uri }: InitConnectionRequest): Promise<InitConnectionResponse> {
    this.location = parseSqliteUri(uri)
    return { server: 'SQLite' }
  }
}

const locationForQueries = (location: SqliteUri | undefined): SqliteUri => {
  if (location === undefined) throw new PluginError('unavailable', 'InitConnection has not been called')
  if (location.path === ':memory:') {
    throw new PluginError('unsupported', 'a database in memory takes no queries; use a file', {
      details: { capability: 'query' },
    })
  }
  return location
}

const startQueries = async (location: SqliteUri): Promise<QueryProcesses> => {
  // Few programs are asked for a query, and starting processes takes modules that each thread would load.
  const { QueryProcesses } = await import('./query-processes.js')
  return new QueryProcesses(location)
}
