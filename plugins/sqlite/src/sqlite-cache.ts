import { type CachePlugin, log } from '@easyrest/plugin'
import type {
  CacheDeleteRequest,
  CacheGetRequest,
  CacheGetResponse,
  CacheSetRequest,
  InitConnectionRequest,
  InitConnectionResponse,
} from '@easyrest/protocol'
import { PluginError } from '@easyrest/protocol'
import { StatementBuilder } from '@easyrest/sql'
import { type Database, integerBinding, textBinding } from './database.js'
import { openDatabase } from './open-database.js'
import { sqliteDialect } from './sqlite-dialect.js'
import { pluginErrorOf } from './sqlite-errors.js'
import { parseSqliteUri } from './sqlite-uri.js'

/** The cache role: the table easyrest_cache, whose expired rows are invisible at once and deleted each minute. */
export class SqliteCache implements CachePlugin {
  private database: Database | undefined
  private cleaner: NodeJS.Timeout | undefined

  async initConnection({ uri }: InitConnectionRequest): Promise<InitConnectionResponse> {
    const location = parseSqliteUri(uri)
    this.database = openDatabase(location)
    try {
      this.perform((database) => database.exec(createTable))
    } catch (error) {
      await this.close()
      throw error
    }
    if (location.autoCleanup) this.cleaner = setInterval(() => this.deleteExpired(), cleanupMs).unref()
    return { server: 'SQLite' }
  }

  async get({ key }: CacheGetRequest): Promise<CacheGetResponse> {
    const statement = build((out) =>
      out
        .sql('SELECT CAST(value AS BLOB) FROM easyrest_cache WHERE key = ')
        .bind(textBinding(key))
        .sql(` AND ${isEntry} AND expires_at > `)
        .bind(integerBinding(now())),
    )
    const row = this.perform((database) => database.get(statement))
    // As bytes: the driver cuts text at U+0000.
    return { value: row && Buffer.from(row[0] as Uint8Array).toString('utf8') }
  }

  async set({ key, value, ttlMs }: CacheSetRequest): Promise<void> {
    const statement = build((out) =>
      out
        .sql('INSERT INTO easyrest_cache (key, value, expires_at) VALUES (')
        .bind(textBinding(key))
        .sql(', ')
        .bind(textBinding(value))
        .sql(', ')
        .bind(integerBinding(now() + BigInt(ttlMs)))
        .sql(') ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at'),
    )
    this.perform((database) => database.run(statement))
  }

  async delete({ key }: CacheDeleteRequest): Promise<void> {
    const statement = build((out) => out.sql('DELETE FROM easyrest_cache WHERE key = ').bind(textBinding(key)))
    this.perform((database) => database.run(statement))
  }

  /** Rows that expired, deleted; called each minute with autoCleanup. */
  deleteExpired(): void {
    const statement = build((out) =>
      out.sql(`DELETE FROM easyrest_cache WHERE NOT (${isEntry}) OR expires_at <= `).bind(integerBinding(now())),
    )
    try {
      this.perform((database) => database.run(statement))
    } catch (error) {
      log.warn('expired cache entries could not be deleted', { error: String(error) })
    }
  }

  async close(): Promise<void> {
    clearInterval(this.cleaner)
    this.database?.close()
    this.database = undefined
  }

  private perform<Result>(action: (database: Database) => Result): Result {
    if (this.database === undefined) throw new PluginError('unavailable', 'InitConnection has not been called')
    try {
      return action(this.database)
    } catch (error) {
      throw pluginErrorOf(error)
    }
  }
}

const cleanupMs = 60_000

const createTable =
  'CREATE TABLE IF NOT EXISTS easyrest_cache (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID'

// A table of the original may hold NULL values, and text for a time, which SQLite takes for later than any number.
const isEntry = `value IS NOT NULL AND typeof(expires_at) = 'integer'`

const build = (write: (out: StatementBuilder) => StatementBuilder) => write(new StatementBuilder(sqliteDialect)).build()

const now = (): bigint => BigInt(Date.now())
