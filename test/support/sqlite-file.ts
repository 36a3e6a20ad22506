import { DatabaseSync } from '@photostructure/sqlite'

export interface SqliteFile {
  readonly path: string
  readonly uri: string
  exec(sql: string): void
  /** Empties every table, then runs the statements, in one transaction: readers see the old rows or the new ones. */
  reset(sql: string): void
  close(): void
}

/** A database file made from SQL text, by the driver of the SQLite plugin: CI machines may lack the sqlite3 program. */
export function sqliteFile(path: string, sql: string): SqliteFile {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA busy_timeout = 5000')
  database.exec('PRAGMA foreign_keys = OFF')
  database.exec(sql)
  return {
    path,
    uri: `sqlite://${path}`,
    exec: (text) => database.exec(text),
    reset: (text) => database.exec(`BEGIN IMMEDIATE;\n${emptyAll(tablesOf(database))}\n${text};\nCOMMIT`),
    close: () => database.close(),
  }
}

/** sqlite_sequence is among them where it exists: AUTOINCREMENT starts from 1 again. */
function tablesOf(database: InstanceType<typeof DatabaseSync>): string[] {
  const rows = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]
  return rows.map(({ name }) => name).filter((name) => name === 'sqlite_sequence' || !name.startsWith('sqlite_'))
}

function emptyAll(tables: readonly string[]): string {
  return tables.map((table) => `DELETE FROM "${table.replaceAll('"', '""')}";`).join('\n')
}
