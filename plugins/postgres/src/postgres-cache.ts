import { type CachePlugin, type Call, log } from '@easyrest/plugin'
import {
  type CacheDeleteRequest,
  type CacheGetRequest,
  type CacheGetResponse,
  type CacheSetRequest,
  type InitConnectionRequest,
  type InitConnectionResponse,
  PluginError,
} from '@easyrest/protocol'
import { logFailure } from './connect/log-failure.js'
import { parsePostgresUri } from './connect/postgres-uri.js'
import { Database } from './database.js'
import type { Step } from './server-connection.js'
import { serverVersion } from './server-version.js'
import { takeText } from './wire/backend-messages.js'

/** The cache role: the table easyrest_cache, whose expired rows are invisible at once and deleted each minute. */
export class PostgresCache implements CachePlugin {
  private database: Database | undefined
  private statements = statementsOn('easyrest_cache')
  private cleaner: NodeJS.Timeout | undefined

  async initConnection({ uri }: InitConnectionRequest, call?: Call): Promise<InitConnectionResponse> {
    const settings = parsePostgresUri(uri)
    // The name has letters, digits and _ only.
    if (settings.cacheSchema !== undefined) this.statements = statementsOn(`"${settings.cacheSchema}".easyrest_cache`)
    this.database = new Database({ ...settings, pool: { ...settings.pool, maxConnections: mostConnections } })
    try {
      const server = await this.database.perform(() => serverVersion(this.database!, call))
      await this.perform([{ text: this.statements.create }], call)
      if (settings.autoCleanup) this.cleaner = setInterval(() => this.deleteExpired(), cleanupMs).unref()
      return { server }
    } catch (error) {
      logFailure(error)
      await this.close()
      throw error
    }
  }

  async get({ key }: CacheGetRequest, call?: Call): Promise<CacheGetResponse> {
    let value: string | undefined
    const onRow = takeText(([text]) => {
      value = text ?? undefined
    })
    await this.perform([{ text: this.statements.select, parameters: [stored(key)], onRow }], call)
    return { value: value === undefined ? undefined : restored(value) }
  }

  async set({ key, value, ttlMs }: CacheSetRequest, call?: Call): Promise<void> {
    await this.perform(
      [{ text: this.statements.upsert, parameters: [stored(key), stored(value), String(ttlMs)] }],
      call,
    )
  }

  async delete({ key }: CacheDeleteRequest, call?: Call): Promise<void> {
    await this.perform([{ text: this.statements.remove, parameters: [stored(key)] }], call)
  }

  /** Rows that expired, deleted; called each minute with autoCleanup. */
  async deleteExpired(): Promise<void> {
    try {
      await this.perform([{ text: this.statements.removeExpired }], undefined)
    } catch (error) {
      log.warn('expired cache entries could not be deleted', { error: String(error) })
    }
  }

  async close(): Promise<void> {
    clearInterval(this.cleaner)
    await this.database?.close()
    this.database = undefined
  }

  private async perform(steps: readonly Step[], call: Call | undefined): Promise<void> {
    const { database } = this
    if (database === undefined) throw new PluginError('unavailable', 'InitConnection has not been called')
    const scope = { context: undefined, call }
    // Each is one statement: without BEGIN it is committed with the round trip.
    await database.perform(() => database.transactions.onConnection(scope, (connection) => connection.run(steps)))
  }
}

const cleanupMs = 60_000
/** A cache gets 100 ms of a request, and its statements take one. */
const mostConnections = 4

/** U+0000 and what stands for it: the server's text cannot hold the one. */
const stored = (text: string): string =>
  text.replace(/[\0\x1a]/g, (character) => (character === '\0' ? '\x1a0' : '\x1a1'))
const restored = (text: string): string => text.replace(/\x1a([01])/g, (_, digit) => (digit === '0' ? '\0' : '\x1a'))

/** @param table as SQL names it */
const statementsOn = (table: string) => ({
  // The table of the original. Two servers may make it at once, so that it is there already is no failure; and who may use it
  // need not be who may make it.
  create: `
DO $$ BEGIN
  IF pg_catalog.to_regclass('${table}') IS NULL THEN
    CREATE TABLE ${table} (key text PRIMARY KEY, value text, expires_at timestamptz);
  END IF;
EXCEPTION WHEN unique_violation OR duplicate_table THEN NULL;
END $$`,
  select: `SELECT value FROM ${table} WHERE key = $1 AND expires_at > clock_timestamp()`,
  upsert: `INSERT INTO ${table} (key, value, expires_at)
  VALUES ($1, $2, clock_timestamp() + $3::float8 * interval '1 millisecond')
  ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`,
  remove: `DELETE FROM ${table} WHERE key = $1`,
  removeExpired: `DELETE FROM ${table} WHERE expires_at <= clock_timestamp()`,
})
