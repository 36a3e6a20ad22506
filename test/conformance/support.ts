import { readFileSync } from 'node:fs'
import { parseSeed, type Seed } from '@easyrest/conformance'
import { repositoryPath } from '../support/repository-path.js'
import { sqliteFile } from '../support/sqlite-file.js'
import type { TemporaryDirectory } from '../support/temporary-directory.js'

/** A seed file of this folder. */
export const readSeed = (name: string): Seed => parseSeed(readFileSync(seedFile(`${name}.json`), 'utf8'))

/** A new database with the tables that the SQLite seed describes. Answers its URI. */
export const seededSqlite = (directory: TemporaryDirectory): string => {
  const file = sqliteFile(directory.file('conformance.db'), seedSql('sqlite'))
  file.close()
  return file.uri
}

/** The tables of a seed, as SQL. */
export const seedSql = (name: string): string => readFileSync(seedFile(`${name}.sql`), 'utf8')

const seedFile = (name: string): string => repositoryPath('test/conformance/seeds', name)
