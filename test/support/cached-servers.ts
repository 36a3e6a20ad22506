import { mkdirSync, writeFileSync } from 'node:fs'
import { fixtureProgram } from './fixture-program.js'
import type { Header, HttpAnswer } from './http.js'
import { authorization } from './pid-connection.js'
import { sqlitePlugin } from './repository-path.js'
import { type SqliteFile, sqliteFile } from './sqlite-file.js'
import { startServer, type TestServer } from './start-server.js'
import { temporaryDirectory } from './temporary-directory.js'
import { until } from './until.js'

export type CacheMode = 'well' | 'hang' | 'slow' | 'fail' | 'crash' | 'rubbish' | 'forget'

/** Servers with one database and one cache. */
export interface ServersWithCache {
  readonly servers: readonly TestServer[]
  /** For writes that bypass the servers. */
  readonly database: SqliteFile
  stop(): Promise<void>
}

/** Their cache is the fixture `cache-plugin`. */
export interface CachedServers extends ServersWithCache {
  /** What the cache does from now on, for every server. */
  setMode(mode: CacheMode): void
}

/** One server for each entry: settings of its connection `t`, which has a table `items` with rows of the ids 1 and 2. */
export async function startCachedServers(settings: readonly object[]): Promise<CachedServers> {
  const directory = await temporaryDirectory()
  const store = directory.file('store')
  mkdirSync(store)
  const setMode = (mode: CacheMode): void => writeFileSync(directory.file('store/mode'), mode)
  setMode('well')
  const path = await fixtureProgram('cache-plugin', directory)
  const started = await startServersWith({ uri: 'files://store', path, env: { STORE: store } }, settings)
  const stop = () => started.stop().finally(() => directory.remove())
  return { ...started, setMode, stop }
}

/** The same with a cache of any kind, as an entry of the configuration. */
export async function startServersWith(cache: object, settings: readonly object[]): Promise<ServersWithCache> {
  const directory = await temporaryDirectory()
  const database = sqliteFile(directory.file('items.db'), 'CREATE TABLE items (id INTEGER PRIMARY KEY, n INTEGER);')
  database.exec('PRAGMA journal_mode = WAL; INSERT INTO items VALUES (1, 0), (2, 0)')
  const servers: TestServer[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()))
    database.close()
    await directory.remove()
  }
  try {
    for (const connection of settings) {
      const t = { uri: database.uri, path: sqlitePlugin(), enable_cache: true, ...connection }
      servers.push(await startServer({ config: { plugins: { t, t_cache: cache } } }))
    }
    return { servers, database, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

export const item = '/api/t/items/?where.eq.id=1'

export const getItem = (server: TestServer, tag?: string): Promise<HttpAnswer> =>
  server.request(item, {
    headers: [token, ...(tag === undefined ? [] : [['If-None-Match', tag] satisfies Header])],
  })

/** Throws unless the answer is 200. */
export async function setItem(server: TestServer, n: number, headers: readonly Header[] = []): Promise<HttpAnswer> {
  const body = JSON.stringify({ n })
  const answer = await server.request(item, { method: 'PATCH', headers: [token, json, ...headers], body })
  if (answer.status !== 200) throw new Error(`expected 200, got ${answer.status}: ${answer.text()}`)
  return answer
}

export async function tagOf(server: TestServer): Promise<string> {
  const answer = await getItem(server)
  const tag = answer.header('etag')
  if (tag === undefined) throw new Error(`expected an ETag, got ${answer.status}: ${answer.text()}`)
  return tag
}

/** Whether the database was not asked. */
export const isFromCache = (answer: HttpAnswer): boolean => !/\bdb;dur=/.test(answer.header('server-timing') ?? '')

/** Milliseconds that a request spent on the cache. */
export const cacheMs = (answer: HttpAnswer): number => {
  const timings = (answer.header('server-timing') ?? '').matchAll(/\bcache;dur=([\d.]+)/g)
  return [...timings].reduce((sum, [, ms]) => sum + Number(ms), 0)
}

/** Asks until the cache answers this tag with 304: what is remembered is set behind the answer. */
export async function untilFromCache(server: TestServer, tag: string): Promise<void> {
  await until(
    async () => {
      const answer = await getItem(server, tag)
      return answer.status === 304 && isFromCache(answer)
    },
    { what: `a 304 for ${tag} without the database`, intervalMs: 20 },
  )
}

// One token for all: its exp is part of what the cache tells apart.
const token = authorization()

const json: Header = ['Content-Type', 'application/json']
