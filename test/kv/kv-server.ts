import { setTimeout as sleep } from 'node:timers/promises'
import type { Header, HttpAnswer } from '../support/http.js'
import { sqlitePlugin } from '../support/repository-path.js'
import { sqliteFile } from '../support/sqlite-file.js'
import { type RequestOptions, startServer, type TestServer } from '../support/start-server.js'
import { type Claims, signToken } from '../support/token.js'
import { kopanoClaims } from './kv-configurations.js'

/** A server whose connection `docs` holds documents, on a fresh SQLite file unless another URI is given. */
export interface KvServer {
  readonly server: TestServer
  /** A request on a key of the realm user, with the token of the user unless another is given. */
  ask(method: string, key: string, options?: KvRequestOptions): Promise<HttpAnswer>
  stop(): Promise<unknown>
}

export interface KvRequestOptions extends Omit<RequestOptions, 'method'> {
  readonly claims?: Claims
}

export interface KvServerOptions {
  readonly kv?: object
  /** Members of the configuration beside `kv` and `plugins`. */
  readonly config?: object
  /** Members of the connection. */
  readonly connection?: object
  readonly uri?: string
  readonly plugin?: string
  /** A part of the log that says that all is ready. */
  readonly ready?: RegExp
  readonly env?: NodeJS.ProcessEnv
}

export async function startKvServer(options: KvServerOptions = {}): Promise<KvServer> {
  const server = await startServer({
    ...(options.env === undefined ? {} : { env: options.env }),
    config: (directory) => configOf(options, options.uri ?? newFile(directory.file('docs.db'))),
  })
  await server.logLine(options.ready ?? /key\/value API is ready/, 20_000)
  return {
    server,
    ask: (method, key, request = {}) => askKv(server, method, key, request),
    stop: () => server.stop(),
  }
}

export const configOf = (
  { kv, config, connection, plugin = sqlitePlugin() }: KvServerOptions,
  uri: string,
): { kv: object; plugins: object } => ({
  ...config,
  kv: { connection: 'docs', ...kv },
  plugins: { docs: { uri, path: plugin, ...connection } },
})

export function newFile(path: string): string {
  const file = sqliteFile(path, 'PRAGMA journal_mode = WAL')
  file.close()
  return file.uri
}

/**
 * A request on a key. A server on a machine that is busy with others may refuse what it has not looked at; it is then asked
 * again.
 */
export async function askKv(
  server: TestServer,
  method: string,
  key: string,
  { claims = kopanoClaims, headers = [], ...options }: KvRequestOptions = {},
): Promise<HttpAnswer> {
  const token: Header = ['Authorization', `Bearer ${signToken(claims)}`]
  for (;;) {
    const answer = await server.request(`/api/kvs/v1/kv/user/${key}`, {
      method,
      headers: [token, ...headers],
      ...options,
    })
    if (answer.status !== 503 || !answer.text().includes('"code":"overloaded"')) return answer
    await sleep(50)
  }
}

/** Some kind of JSON as a body with its type. */
export const json = (value: unknown): Pick<RequestOptions, 'headers' | 'body'> => ({
  headers: [['Content-Type', 'application/json']],
  body: JSON.stringify(value),
})
