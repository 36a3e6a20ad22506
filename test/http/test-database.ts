import { readFile } from 'node:fs/promises'
import { repositoryPath } from '../support/repository-path.js'
import { sqliteFile } from '../support/sqlite-file.js'
import type { TemporaryDirectory } from '../support/temporary-directory.js'

/** A database that transcripts run against. The only place that knows which kind of database it is. */
export interface TestDatabase {
  readonly uri: string
  /** Empties every table and runs the statements, in one transaction. */
  reset(sql: string): Promise<void>
  close(): Promise<void>
}

/** Makes the tables of the named schemas: test/http/schema/<name>.sqlite.sql. */
export async function createTestDatabase(
  schemas: readonly string[],
  directory: TemporaryDirectory,
): Promise<TestDatabase> {
  const files = schemas.map((name) => repositoryPath('test/http/schema', `${name}.sqlite.sql`))
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  const file = sqliteFile(directory.file('test.db'), `PRAGMA journal_mode = WAL;\n${texts.join('\n')}`)
  return {
    uri: file.uri,
    reset: async (sql) => file.reset(sql),
    close: async () => file.close(),
  }
}
