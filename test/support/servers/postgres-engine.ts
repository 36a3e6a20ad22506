import { Client, type QueryResult } from 'pg'
import { until } from '../until.js'
import type { DatabaseEngine, RecordedServer, RunSql } from './database-engine.js'
import type { DatabaseAddress, Row, StatementRecord } from './database-server.js'

export const postgresEngine: DatabaseEngine = {
  scheme: 'postgres',
  serverDatabase: 'postgres',
  run,
  create: (database, owner) => [`CREATE DATABASE ${database}${owner === undefined ? '' : ` OWNER ${owner}`}`],
  drop: (database) => `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`,
  terminate,
  record,
}

async function run(
  { host, socket, port, user, password }: DatabaseAddress,
  database: string,
  sql: string,
): Promise<Row[]> {
  const client = new Client({ host: socket ?? host, port, user, password, database, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const results = (await client.query(sql)) as QueryResult<Row> | QueryResult<Row>[]
    return (Array.isArray(results) ? results.at(-1) : results)?.rows ?? []
  } finally {
    await client.end()
  }
}

async function terminate(user: string, sql: RunSql): Promise<number> {
  const ended = await sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${user}' AND pid <> pg_backend_pid()`,
  )
  return ended.length
}

async function record({ user, sql, log }: RecordedServer): Promise<StatementRecord> {
  await sql("ALTER SYSTEM SET log_statement = 'all'")
  await sql('SELECT pg_reload_conf()')
  const isOn = async () => (await sql('SHOW log_statement'))[0]?.log_statement === 'all'
  await until(isOn, { what: 'PostgreSQL to log statements' })
  const start = log().length
  return { read: async () => statementsIn(log().slice(start), user) }
}

/** For log_line_prefix; what belongs to an entry begins with a tab on its further lines. */
export const logPrefix = 'user=%u '

function statementsIn(log: string, user: string): string[] {
  const entry = new RegExp(`^user=${user} (?:LOG:  statement|LOG:  execute [^:]*|STATEMENT): *(.*)$`, 's')
  return log.split(/\n(?!\t)/).flatMap((text) => entry.exec(text)?.[1]?.replaceAll('\n\t', '\n') ?? [])
}
