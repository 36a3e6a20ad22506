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
  type CallFunctionRequest,
  type CallFunctionResponse,
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
import { callFunction } from './call-function.js'
import { Database } from './database.js'
import { ensureTable } from './ensure-table.js'
import { getSchema } from './get-schema.js'
import type { MysqlSession } from './mysql-session.js'
import { parseMysqlUri } from './mysql-uri.js'
import { refusePowerfulAccount } from './powerful-account.js'
import { runQuery } from './run-query.js'
import type { Server } from './server.js'
import { tableBatch } from './table-batch.js'
import { tableDelete, tableUpdate } from './table-change.js'
import { tableCreate } from './table-create.js'
import { tableGet } from './table-get.js'
import { tableGetStream } from './table-get-stream.js'

/** The DB role: each call on a connection of the pool, writes in a transaction. */
export class MysqlDB implements DBPlugin {
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
    'exact_names',
  ]
  private database: Database | undefined

  /** @param assumed what the server is taken to be able to: for servers that cannot be had to test with */
  constructor(private readonly assumed: Partial<Server> = {}) {}

  async initConnection({ uri }: InitConnectionRequest, call?: Call): Promise<InitConnectionResponse> {
    const database = new Database(parseMysqlUri(uri), this.assumed)
    try {
      const server = await database.ping(call)
      this.database = database
      return { server }
    } catch (error) {
      database.close()
      throw error
    }
  }

  async tableGet(request: TableGetRequest, call?: Call): Promise<RowsAnswer> {
    return this.read(request, call, (session) => tableGet(session, request), this.isView(request.table))
  }

  async tableCreate(request: TableCreateRequest, call?: Call): Promise<CreateAnswer> {
    return this.write(request, call, (session) => tableCreate(session, request))
  }

  async tableUpdate(request: TableUpdateRequest, call?: Call): Promise<ChangeAnswer> {
    return this.write(request, call, (session) => tableUpdate(session, request))
  }

  async tableDelete(request: TableDeleteRequest, call?: Call): Promise<ChangeAnswer> {
    return this.write(request, call, (session) => tableDelete(session, request))
  }

  async tableBatch(request: TableBatchRequest, call?: Call): Promise<BatchAnswer> {
    return this.write(request, call, (session) => tableBatch(session, request))
  }

  async getSchema(request: GetSchemaRequest, call?: Call): Promise<SchemaAnswer> {
    return this.read(request, call, (session) => getSchema(session, request))
  }

  async callFunction(request: CallFunctionRequest, call?: Call): Promise<CallFunctionResponse> {
    const { context } = request
    const end = context?.readOnly ? 'read only' : context?.txEnd === 'rollback' ? 'rollback' : 'commit'
    const work = (session: MysqlSession) => callFunction(session, request)
    return this.connected.alone({ context, call, needsContext: true }, end, work)
  }

  async query(request: QueryRequest, call?: Call): Promise<RowsAnswer> {
    const { context } = request
    const work = async (session: MysqlSession) => {
      if (!this.connected.uri.allowSuperuserQuery) await refusePowerfulAccount(session)
      return runQuery(session, request)
    }
    return this.connected.alone({ context, call, needsContext: true }, 'read only', work)
  }

  async ensureTable(request: EnsureTableRequest, call?: Call): Promise<EnsureTableResponse> {
    return this.read(request, call, (session) => ensureTable(session, request))
  }

  async *tableGetStream(request: TableGetRequest, call?: Call): AsyncGenerator<TableGetChunk> {
    const caller = { context: request.context, call, needsContext: this.isView(request.table) }
    yield* this.connected.stream(caller, (session) => tableGetStream(session, request))
  }

  async close(): Promise<void> {
    this.database?.close()
    this.database = undefined
  }

  // A base table is read without any code of the database, so nothing could look at the context.
  private isView(table: string): boolean {
    return this.connected.catalog.known(table)?.kind !== 'table'
  }

  private read<Result>(
    { context }: Pick<TableGetRequest, 'context'>,
    call: Call | undefined,
    work: (session: MysqlSession) => Promise<Result>,
    needsContext = false,
  ): Promise<Result> {
    return this.connected.read({ context, call, needsContext }, work)
  }

  private write<Result>(
    { context }: Pick<TableGetRequest, 'context'>,
    call: Call | undefined,
    work: (session: MysqlSession) => Promise<Result>,
  ): Promise<Result> {
    return this.connected.write({ context, call, needsContext: true }, context?.txEnd ?? 'commit', work)
  }

  private get connected(): Database {
    if (this.database === undefined) throw new PluginError('unavailable', 'InitConnection has not been called')
    return this.database
  }
}
