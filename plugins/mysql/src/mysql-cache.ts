import { createHash } from 'node:crypto'
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
import { type Statement, StatementBuilder } from '@easyrest/sql'
import { bytesBinding, integerBinding } from './bindings.js'
import type { MysqlRow } from './connection.js'
import { Database } from './database.js'
import { mysqlDialect } from './mysql-dialect.js'
import { parseMysqlUri } from './mysql-uri.js'

/**
 * The cache role: the table easyrest_cache, whose expired rows are invisible at once, by the clock of the database, and
 * deleted each minute. Keys may have any length, so their hash is what is indexed.
 */
export class MysqlCache implements CachePlugin {
  private database: Database | undefined
  private cleaner: NodeJS.Timeout | undefined

  async initConnection({ uri }: InitConnectionRequest, call?: Call): Promise<InitConnectionResponse> {
    const location = parseMysqlUri(uri)
    this.database = new Database(location)
    try {
      const server = await this.database.ping(call)
      await this.run({ text: createTable, parameters: [] }, call)
      if (location.autoCleanup) this.cleaner = setInterval(() => this.deleteExpired(), cleanupMs).unref()
      return { server }
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async get({ key }: CacheGetRequest, call?: Call): Promise<CacheGetResponse> {
    const statement = build((out) =>
      out.sql(`SELECT value FROM easyrest_cache WHERE key_hash = `).bind(hashOf(key)).sql(` AND expires_at > ${now}`),
    )
    const [row] = await this.run(statement, call)
    return { value: row && (row[0] as Buffer).toString('utf8') }
  }

  async set({ key, value, ttlMs }: CacheSetRequest, call?: Call): Promise<void> {
    const statement = build((out) =>
      out
        .sql('INSERT INTO easyrest_cache (key_hash, value, expires_at) VALUES (')
        .bind(hashOf(key))
        .sql(', ')
        .bind(bytesBinding(Buffer.from(value, 'utf8')))
        .sql(`, ${now} + `)
        .bind(integerBinding(BigInt(ttlMs)))
        .sql(') ON DUPLICATE KEY UPDATE value = VALUES(value), expires_at = VALUES(expires_at)'),
    )
    await this.run(statement, call)
  }

  async delete({ key }: CacheDeleteRequest, call?: Call): Promise<void> {
    await this.run(
      build((out) => out.sql('DELETE FROM easyrest_cache WHERE key_hash = ').bind(hashOf(key))),
      call,
    )
  }

  /** Rows that expired, deleted; called each minute unless autoCleanup is off. */
  async deleteExpired(): Promise<void> {
    try {
      await this.run({ text: `DELETE FROM easyrest_cache WHERE expires_at <= ${now}`, parameters: [] })
    } catch (error) {
      log.warn('expired cache entries could not be deleted', { error: String(error) })
    }
  }

  async close(): Promise<void> {
    clearInterval(this.cleaner)
    this.database?.close()
    this.database = undefined
  }

  // Each statement is a transaction of its own.
  private run(statement: Statement, call?: Call): Promise<MysqlRow[]> {
    if (this.database === undefined) throw new PluginError('unavailable', 'InitConnection has not been called')
    const caller = { context: undefined, call, needsContext: false }
    return this.database.read(caller, (session) => session.rows(statement))
  }
}

const cleanupMs = 60_000

// The value as bytes: no collation and no character set has a say in it.
const createTable = `CREATE TABLE IF NOT EXISTS easyrest_cache (
  key_hash BINARY(32) NOT NULL PRIMARY KEY, value LONGBLOB NOT NULL, expires_at BIGINT NOT NULL, KEY (expires_at)
) ENGINE = InnoDB`

/** Milliseconds since 1970. */
const now = 'CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS SIGNED)'

const hashOf = (key: string) => bytesBinding(createHash('sha256').update(key).digest())

const build = (write: (out: StatementBuilder) => StatementBuilder): Statement =>
  write(new StatementBuilder(mysqlDialect)).build()
