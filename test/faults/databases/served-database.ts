import type { HttpAnswer } from '../../support/http.js'
import type { DatabaseServer, ServerOptions, TestDatabase } from '../../support/servers/database-server.js'
import { type ServerConfig, startServer, type TestServer } from '../../support/start-server.js'
import { type Claims, signToken } from '../../support/token.js'
import { until } from '../../support/until.js'
import type { TestedDatabase } from './tested-database.js'

/** A database server of its own, a database in it, and a server that has it as connection `d`. */
export interface ServedDatabase {
  readonly server: DatabaseServer
  readonly database: TestDatabase
  readonly http: TestServer
  ask(target: string, options?: AskOptions): Promise<HttpAnswer>
  /** The status; 0: no answer at all. */
  statusOf(target: string, options?: AskOptions): Promise<number>
  stop(): Promise<void>
}

export interface AskOptions {
  readonly method?: string
  /** Sent as JSON. */
  readonly body?: unknown
  readonly claims?: Claims
  readonly prefer?: string
  /** After this time the client goes away. */
  readonly timeoutMs?: number
}

export interface ServeOptions {
  readonly schema: string
  readonly options?: ServerOptions
  /** Of the connection's URI: a=b&c=d. */
  readonly uriOptions?: string
  /** Of the connection. */
  readonly settings?: object
  /** Further connections. */
  readonly plugins?: object
  /** Instead of the database's own plugin. */
  readonly program?: string
}

export async function serveDatabase(tested: TestedDatabase, options: ServeOptions): Promise<ServedDatabase> {
  const server = await tested.start(options.options)
  let http: TestServer | undefined
  const stop = async (): Promise<void> => {
    await http?.stop()
    await server.stop()
  }
  try {
    const database = await server.createDatabase(options.schema)
    const started = await startServer({ config: configFor(tested, database, options) })
    http = started
    await until(() => /"d: ready/.test(started.log()), { what: 'the plugin to be ready', timeoutMs: 30_000 })
    const ask = (target: string, asked: AskOptions = {}): Promise<HttpAnswer> => send(started, target, asked)
    const statusOf = (target: string, asked?: AskOptions): Promise<number> =>
      ask(target, asked).then(
        ({ status }) => status,
        () => 0,
      )
    return { server, database, http: started, ask, statusOf, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function configFor(tested: TestedDatabase, { uri }: TestDatabase, options: ServeOptions): ServerConfig {
  const { uriOptions, settings = {}, plugins = {}, program } = options
  const whole = uriOptions === undefined ? uri : `${uri}?${uriOptions}`
  return { plugins: { d: { uri: whole, path: program ?? tested.plugin(), ...settings }, ...plugins } }
}

function send(
  http: TestServer,
  target: string,
  { method, body, claims, prefer, timeoutMs }: AskOptions,
): Promise<HttpAnswer> {
  const token = signToken({ scope: 'read write', ...claims })
  const headers: [string, string][] = [['Authorization', `Bearer ${token}`]]
  if (prefer !== undefined) headers.push(['Prefer', prefer])
  if (body !== undefined) headers.push(['Content-Type', 'application/json'])
  return http.request(target, {
    headers,
    ...(method !== undefined && { method }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
}
