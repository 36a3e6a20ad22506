import type { ChangeAnswer, CreateAnswer, DBPlugin, RowsAnswer, SchemaAnswer } from '@easyrest/plugin'
import {
  type Capability,
  type GetSchemaRequest,
  type InitConnectionRequest,
  type InitConnectionResponse,
  PluginError,
  type TableCreateRequest,
  type TableDeleteRequest,
  type TableGetRequest,
  type TableUpdateRequest,
} from '@easyrest/protocol'
import { getSchema } from './get-schema.js'
import { openDatabase } from './open-database.js'
import { SqliteSession } from './sqlite-session.js'
import { parseSqliteUri } from './sqlite-uri.js'
import { tableDelete, tableUpdate } from './table-change.js'
import { tableCreate } from './table-create.js'
import { tableGet } from './table-get.js'

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

  async initConnection({ uri }: InitConnectionRequest): Promise<InitConnectionResponse> {
    const session = new SqliteSession(openDatabase(parseSqliteUri(uri)))
    const version = session.perform(() => session.database.get({ text: 'SELECT sqlite_version()', parameters: [] })![0])
    this.session = session
    return { server: `SQLite ${version}` }
  }

  async tableGet(request: TableGetRequest): Promise<RowsAnswer> {
    return this.perform((session) => tableGet(session, request))
  }

  async tableCreate(request: TableCreateRequest): Promise<CreateAnswer> {
    return this.perform((session) => tableCreate(session, request))
  }

  async tableUpdate(request: TableUpdateRequest): Promise<ChangeAnswer> {
    return this.perform((session) => tableUpdate(session, request))
  }

  async tableDelete(request: TableDeleteRequest): Promise<ChangeAnswer> {
    return this.perform((session) => tableDelete(session, request))
  }

  async getSchema(request: GetSchemaRequest): Promise<SchemaAnswer> {
    return this.perform((session) => getSchema(session, request))
  }

  async close(): Promise<void> {
    this.session?.database.close()
    this.session = undefined
  }

  private perform<Result>(call: (session: SqliteSession) => Result): Result {
    const session = this.session
    if (session === undefined) throw new PluginError('unavailable', 'InitConnection has not been called')
    return session.perform(() => call(session))
  }
}
