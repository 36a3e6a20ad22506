import { readFile } from 'node:fs/promises'
import { repositoryPath } from '../../support/repository-path.js'
import type { DatabaseServer, TestDatabase } from '../../support/servers/database-server.js'
import { startServer } from '../../support/start-server.js'
import { type Dump, firstRows, kv, type RecordedServer } from './recorded-server.js'

/** What is said in the language of one database only. */
export interface Dialect {
  /** Answers the tables as rows with a name. */
  readonly tables: string
  /** So that generated keys go on behind the first rows, where they do not by themselves. */
  readonly afterReset?: string
}

/** A server in front of a database of its own server, which keeps the record. @param kind as in test/http/schema */
export async function recordedDatabase(
  kind: string,
  start: () => Promise<DatabaseServer>,
  plugin: string,
  dialect: Dialect,
): Promise<RecordedServer> {
  const databaseServer = await start()
  const schemas = await Promise.all(['users', 'kinds'].map((name) => readSchema(name, kind)))
  const database = await databaseServer.createDatabase(schemas.join('\n'))
  const record = await databaseServer.recordStatements()
  const server = await startServer({ config: { kv, plugins: { t: { uri: database.uri, path: plugin } } } })
  await server.logLine(/\bready: /, 30_000)
  const reset = async (): Promise<void> => {
    await database.sql(`DELETE FROM users; DELETE FROM kinds; ${firstRows} ${dialect.afterReset ?? ''}`)
  }
  await reset()
  return {
    server,
    statements: () => record.read(),
    dump: () => dump(database, dialect),
    reset,
    close: async () => {
      await server.stop()
      await databaseServer.stop()
    },
  }
}

const readSchema = (name: string, kind: string): Promise<string> =>
  readFile(repositoryPath('test/http/schema', `${name}.${kind}.sql`), 'utf8')

async function dump(database: TestDatabase, { tables }: Dialect): Promise<Dump> {
  const names = (await database.sql(tables)).map(({ name }) => String(name)).sort()
  const kinds = await database.sql('SELECT id, i, r, t FROM kinds ORDER BY id')
  const users = await database.sql('SELECT id, name FROM users ORDER BY id')
  return {
    rest: [names, kinds],
    users: users.map(({ id, name }) => ({ id: Number(id), name: name === null ? null : String(name) })),
  }
}
