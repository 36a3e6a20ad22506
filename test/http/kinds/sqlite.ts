import { sqlitePlugin } from '../../support/repository-path.js'
import { sqliteFile } from '../../support/sqlite-file.js'
import type { DatabaseKind, TestDatabase } from '../database-kind.js'

/** A file of its own for each database. */
export const sqlite: DatabaseKind = {
  name: 'sqlite',
  plugin: sqlitePlugin,
  open: async () => ({
    create: async (sql, directory): Promise<TestDatabase> => {
      const file = sqliteFile(directory.file('test.db'), `PRAGMA journal_mode = WAL;\n${sql}`)
      return {
        uri: file.uri,
        reset: async (statements) => file.reset(statements),
        close: async () => file.close(),
      }
    },
    close: async () => {},
  }),
}
