import { createConnection } from 'mysql2/promise'
import type { DatabaseEngine, RecordedServer, RunSql } from './database-engine.js'
import type { DatabaseAddress, Row, StatementRecord } from './database-server.js'

export const mariadbEngine: DatabaseEngine = {
  scheme: 'mysql',
  serverDatabase: 'mysql',
  run,
  create: (database, owner) => [
    `CREATE DATABASE ${database} CHARACTER SET utf8mb4`,
    ...(owner === undefined ? [] : [`GRANT ALL ON ${database}.* TO ${owner}`]),
  ],
  drop: (database) => `DROP DATABASE IF EXISTS ${database}`,
  terminate,
  record,
}

async function run(
  { host, socket, port, user, password }: DatabaseAddress,
  database: string,
  sql: string,
): Promise<Row[]> {
  const place = socket === undefined ? { host, port } : { socketPath: socket }
  const options = { ...place, user, password, database, connectTimeout: 10_000 }
  const connection = await createConnection({ ...options, multipleStatements: true })
  connection.on('error', () => {})
  try {
    const [results, fields] = await connection.query(sql)
    return rowsOf(results, fields)
  } finally {
    await connection.end()
  }
}

/** Several statements get an array for each answer and its fields, undefined where there are none. */
function rowsOf(results: unknown, fields: unknown): Row[] {
  const areSeveral = Array.isArray(fields) && fields.some((field) => field === undefined || Array.isArray(field))
  const last = areSeveral ? (results as unknown[]).at(-1) : results
  return Array.isArray(last) ? (last as Row[]) : []
}

async function terminate(user: string, sql: RunSql): Promise<number> {
  const connections = await sql(
    `SELECT id FROM information_schema.processlist WHERE user = '${user}' AND id <> CONNECTION_ID()`,
  )
  // One may have gone by itself.
  for (const { id } of connections) await sql(`KILL ${id}`).catch(() => {})
  return connections.length
}

async function record({ user, sql }: RecordedServer): Promise<StatementRecord> {
  await sql("SET GLOBAL log_output = 'TABLE'")
  await sql('TRUNCATE mysql.general_log')
  await sql('SET GLOBAL general_log = ON')
  const query = `SELECT CAST(argument AS CHAR) AS text FROM mysql.general_log
    WHERE user_host LIKE '${user}[%' AND command_type IN ('Query', 'Prepare')`
  return { read: async () => (await sql(query)).map(({ text }) => String(text)) }
}
