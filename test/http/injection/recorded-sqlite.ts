import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { DatabaseSync } from '@photostructure/sqlite'
import { repositoryPath, sqlitePlugin } from '../../support/repository-path.js'
import { type SqliteFile, sqliteFile } from '../../support/sqlite-file.js'
import { startServer } from '../../support/start-server.js'
import type { TemporaryDirectory } from '../../support/temporary-directory.js'
import { type Dump, firstRows, kv, type RecordedServer } from './recorded-server.js'

/** @param plugin path of its program, which gets its own driver of SQLite replaced by one that keeps a log */
export async function recordedSqlite(
  plugin: (directory: TemporaryDirectory) => string | Promise<string> = sqlitePlugin,
): Promise<RecordedServer> {
  let file: SqliteFile | undefined
  const install = fileURLToPath(new URL('../../support/statement-log/install.js', import.meta.url))
  const server = await startServer({
    config: async (directory) => {
      const schemas = await Promise.all(['users', 'kinds'].map(readSchema))
      file = sqliteFile(directory.file('test.db'), `PRAGMA journal_mode = WAL;\n${schemas.join('\n')}`)
      const env = { NODE_OPTIONS: `--import=${install}`, STATEMENT_LOG: directory.file('statements') }
      return { kv, plugins: { t: { uri: file.uri, path: await plugin(directory), env } } }
    },
  })
  await server.logLine(/\bready: /, 30_000)
  const { path } = file!
  file!.reset(firstRows)
  return {
    server,
    statements: async () => (await readFile(server.directory.file('statements'), 'utf8')).trim().split('\n').map(parse),
    dump: async () => dump(path),
    reset: async () => file!.reset(firstRows),
    close: async () => {
      file!.close()
      await server.stop()
    },
  }
}

const readSchema = (name: string): Promise<string> =>
  readFile(repositoryPath('test/http/schema', `${name}.sqlite.sql`), 'utf8')

const parse = (line: string): string => JSON.parse(line) as string

type All = (sql: string) => unknown[]

function dump(path: string): Dump {
  const database = new DatabaseSync(path, { readOnly: true })
  const all: All = (sql) => database.prepare(sql).all()
  try {
    return {
      rest: [all('SELECT type, name, sql FROM sqlite_schema ORDER BY name'), all('SELECT * FROM kinds ORDER BY id')],
      users: hasUsers(all) ? usersOf(all) : [],
    }
  } finally {
    database.close()
  }
}

const hasUsers = (all: All): boolean => all("SELECT 1 FROM sqlite_schema WHERE name = 'users'").length > 0

// The driver reads a text up to its first U+0000 only, and bytes whole.
const usersOf = (all: All): Dump['users'] =>
  (
    all('SELECT id, CAST(name AS BLOB) AS name FROM users ORDER BY id') as { id: number; name: Uint8Array | null }[]
  ).map(({ id, name }) => ({ id, name: name && Buffer.from(name).toString('utf8') }))
