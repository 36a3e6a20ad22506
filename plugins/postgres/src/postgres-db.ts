import type { Call, ChangeAnswer, CreateAnswer, DBPlugin, RowsAnswer, SchemaAnswer } from '@easyrest/plugin'
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
import { parsePostgresUri } from './connect/postgres-uri.js'
import { Database } from './database.js'
import { getSchema } from './schema/get-schema.js'
import { serverVersion } from './server-version.js'
import { tableDelete, tableUpdate } from './tables/table-change.js'
import { tableCreate } from './tables/table-create.js'
import { tableGet } from './tables/table-get.js'

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
  ]
  private connected: Database | undefined

  async initConnection({ uri }: InitConnectionRequest, call?: Call): Promise<InitConnectionResponse> {
    const database = new Database(parsePostgresUri(uri))
    try {
      const server = await database.perform(() => serverVersion(database, call))
      this.connected = database
      return { server }
    } catch (error) {
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
