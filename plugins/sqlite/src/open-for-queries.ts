import type { Database } from './database.js'
import { isOwnTable } from './introspect.js'
import { openDatabase } from './open-database.js'
import type { SqliteUri } from './sqlite-uri.js'

/**
 * A connection that cannot write, for statements that a client wrote: SQLite opens the file for reading, and prepares a
 * statement only when all it does is on a short list.
 */
export const openForQueries = (uri: SqliteUri): Database => {
  const database = openDatabase({ ...uri, readOnly: true, pragmas: [] })
  // No temporary files, which would fill a disk: the process watches its memory.
  for (const pragma of ['query_only = 1', 'temp_store = MEMORY']) database.exec(`PRAGMA ${pragma}`)
  database.restrict(mayDo, longestValue)
  return database
}

/** Whether a statement may do this; names and actions as sqlite.org/c3ref/set_authorizer.html gives them. */
const mayDo = (action: string, first: string | null, second: string | null): boolean => {
  if (action === 'SELECT' || action === 'RECURSIVE') return true
  if (action === 'READ') return mayRead((first ?? '').toLowerCase())
  if (action === 'FUNCTION') return second?.toLowerCase() !== 'load_extension'
  // Full-text search asks for these two itself.
  return action === 'PRAGMA' && (first === 'data_version' || first === 'page_size') && second === null
}

// Statistics hold samples of other tables, and dbstat their sizes.
const mayRead = (table: string): boolean =>
  !isOwnTable(table) && table !== 'dbstat' && (!table.startsWith('sqlite_') || schemaTables.includes(table))

const schemaTables = ['sqlite_schema', 'sqlite_master']

const longestValue = 64 * 1024 * 1024
