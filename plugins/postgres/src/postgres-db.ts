import type {
  BatchAnswer,
  Call,
  ChangeAnswer,
  CreateAnswer,
  DBPlugin,
  FunctionAnswer,
  RowsAnswer,
  SchemaAnswer,
} from '@easyrest/plugin'
import {
  type CallFunctionRequest,
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
import { logFailure } from './connect/log-failure.js'
import { parsePostgresUri } from './connect/postgres-uri.js'
import { Database } from './database.js'
import { callFunction } from './functions/call-function.js'
import { query } from './query.js'
import { getSchema } from './schema/get-schema.js'
import { serverVersion } from './server-version.js'
import { ensureTable } from './tables/ensure-table.js'
import { tableBatch } from './tables/table-batch.js'
import { tableDelete, tableUpdate } from './tables/table-change.js'
import { tableCreate } from './tables/table-create.js'
import { tableGet } from './tables/table-get.js'
import { tableGetStream } from './tables/table-get-stream.js'

/** The DB role on one database. */
export class PostgresDB implements DBPlugin {
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
    'function_filters',
  ]
  private connected: Database | undefined

  async initConnection({ uri }: InitConnectionRequest, call?: Call): Promise<InitConnectionResponse> {
    const database = new Database(parsePostgresUri(uri))
    try {
      const server = await database.perform(() => serverVersion(database, call))
      this.connected = database
      return { server }
    } catch (error) {
      logFailure(error)
      await database.close()
      throw error
    }
  }

  tableGet(request: TableGetRequest, call?: Call): Promise<RowsAnswer> {
    return tableGet(this.database, request, call)
  }

  async tableCreate(request: TableCreateRequest, call?: Call): Promise<CreateAnswer> {
    return tableCreate(this.database, request, call)
  }

  tableUpdate(request: TableUpdateRequest, call?: Call): Promise<ChangeAnswer> {
    return tableUpdate(this.database, request, call)
  }

  tableDelete(request: TableDeleteRequest, call?: Call): Promise<ChangeAnswer> {
    return tableDelete(this.database, request, call)
  }

  tableBatch(request: TableBatchRequest, call?: Call): Promise<BatchAnswer> {
    return tableBatch(this.database, request, call)
  }

  callFunction(request: CallFunctionRequest, call?: Call): Promise<FunctionAnswer> {
    return callFunction(this.database, request, call)
  }

  tableGetStream(request: TableGetRequest, call?: Call): AsyncGenerator<TableGetChunk> {
    return tableGetStream(this.database, request, call)
  }

  query(request: QueryRequest, call?: Call): Promise<RowsAnswer> {
    return query(this.database, request, call)
  }

  ensureTable(request: EnsureTableRequest, call?: Call): Promise<EnsureTableResponse> {
    return ensureTable(this.database, request, call)
  }

  getSchema(request: GetSchemaRequest, call?: Call): Promise<SchemaAnswer> {
    return getSchema(this.database, request, call)
  }

  async close(): Promise<void> {
    await this.connected?.close()
    this.connected = undefined
  }

  private get database(): Database {
    if (this.connected !== undefined) return this.connected
    throw new PluginError('unavailable', 'InitConnection has not been called')
  }
}
