import { after, before } from 'node:test'
import type { DbClient, ManagedConnection } from '@easyrest/host'
import { openConnection } from '@easyrest/host'
import {
  type CallFunctionRequest,
  type RequestContext,
  type TableCreateRequest,
  type TableGetRequest,
  type TableUpdateRequest,
  tableGetRequest,
} from '@easyrest/protocol'
import type { DatabaseServer } from './servers/database-server.js'

/** A server for the tests of a describe block, and the plugin on databases of it. */
export class OnDatabase {
  server!: DatabaseServer
  /** What plugins and host have logged, as JSON. */
  readonly logged: string[] = []
  private readonly connections: ManagedConnection[] = []

  /** Call it inside describe. @param plugin path of the program */
  constructor(
    start: () => Promise<DatabaseServer>,
    private readonly plugin: string,
  ) {
    before(async () => {
      this.server = await start()
    })
    after(async () => {
      await Promise.all(this.connections.map((connection) => connection.close(0)))
      await this.server?.stop()
    })
  }

  /** The plugin on a new database with these tables. @param query options of the URI, with their question mark */
  async open(sql: string, query = ''): Promise<PluginClient> {
    const database = await this.server.createDatabase(sql)
    return this.connect(`${database.uri}${query}`, database.sql)
  }

  async connect(
    uri: string,
    sql: PluginClient['sql'],
    { timeoutMs = 30_000, path = this.plugin } = {},
  ): Promise<PluginClient> {
    const connection = openConnection(
      {
        ...{ name: 'test', uri, path, sha256: undefined, pluginDirs: [], env: {}, envPass: [] },
        ...{ servesTables: true, servesCache: false },
        limits: { timeoutMs, startTimeoutMs: 20_000, inFlight: 64, queue: 4096, waitMs: 60_000 },
      },
      { besideDirs: [], hostVersion: '0.0.0', log: (...entry) => void this.logged.push(JSON.stringify(entry)) },
    )
    this.connections.push(connection)
    await connection.ready()
    return new PluginClient(connection, uri, sql)
  }
}

/** Calls with what most of them leave out. */
export class PluginClient {
  constructor(
    readonly connection: ManagedConnection,
    readonly uri: string,
    /** Past the plugin, as the database's user. */
    readonly sql: (text: string) => Promise<Record<string, unknown>[]>,
  ) {}

  get db(): DbClient {
    return this.connection.db
  }

  /** The rows as their bytes. */
  async rows(table: string, request: Partial<TableGetRequest> = {}): Promise<string> {
    const { rows } = await this.db.tableGet(tableGetRequest(table, { context: contextWith(), ...request }))
    return text(rows)
  }

  async create(table: string, rows: string, request: Partial<TableCreateRequest> = {}): Promise<string> {
    const answer = await this.db.tableCreate({
      ...{ context: contextWith(), table, columns: [], missingDefault: false, conflict: undefined, returning: 'rows' },
      ...{ select: [], expectSingle: false, maxAffected: undefined, overwriteWhen: undefined },
      rows: Buffer.from(rows),
      rowCount: 1,
      ...request,
    })
    return text(answer.rows)
  }

  async update(table: string, data: string, request: Partial<TableUpdateRequest> = {}): Promise<number> {
    const { affected } = await this.db.tableUpdate({
      ...{ context: contextWith(), table, where: undefined, select: [], expectSingle: false, maxAffected: undefined },
      ...{ ifMatch: [], ifMatchSelect: [], returning: 'none' },
      data: Buffer.from(data),
      ...request,
    })
    return affected
  }

  /** What a function answers, as its bytes. */
  async call(name: string, given: string, request: Partial<CallFunctionRequest> = {}): Promise<string> {
    const answer = await this.db.callFunction({
      ...{ context: contextWith(), function: name, arguments: Buffer.from(given), select: [], where: undefined },
      ...{ ordering: [], page: undefined, maxReplyBytes: 0, count: 'unspecified', expectSet: false },
      ...{ expectSingle: false, maxAffected: undefined },
      ...request,
    })
    return text(answer.result)
  }
}

export const contextWith = (changes: Partial<RequestContext> = {}, ctx: object = {}): RequestContext => ({
  ...{ userId: '', timezone: 'UTC', txEnd: 'commit', readOnly: false },
  ctx: Buffer.from(JSON.stringify(ctx)),
  ...changes,
})

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
