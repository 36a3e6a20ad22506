import { PluginError } from '@easyrest/protocol'
import { Database } from './database.js'
import { matchIlike } from './match-ilike.js'
import { pluginErrorOf } from './sqlite-errors.js'
import { SqliteFailure } from './sqlite-failure.js'
import type { SqliteUri } from './sqlite-uri.js'

/**
 * A connection as the plugin wants it: WAL, so that readers and the writer do not wait for each other; a commit that is
 * answered survives a power cut (synchronous=EXTRA, which with WAL is FULL, and with a rollback journal, if the URI wants
 * one, syncs the directory after the journal is removed); foreign keys are kept. Throws PluginError.
 */
export const openDatabase = (uri: SqliteUri): Database => {
  try {
    return open(uri)
  } catch (error) {
    throw error instanceof SqliteFailure ? cannotOpen(uri, error) : pluginErrorOf(error)
  }
}

const open = (uri: SqliteUri): Database => {
  const database = Database.open(uri)
  try {
    checkEncoding(database)
    if (!uri.readOnly) patiently(uri.busyTimeoutMs, () => database.exec(journalMode(uri)))
    database.exec('PRAGMA synchronous = EXTRA')
    for (const pragma of uri.pragmas) if (!isJournalMode(pragma)) database.exec(pragma)
    database.define('easyrest_ilike', matchIlike)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

// At once what the URI says: connections that went through WAL to another mode would hold up each other.
const journalMode = ({ pragmas }: SqliteUri): string =>
  pragmas.filter(isJournalMode).at(-1) ?? 'PRAGMA journal_mode = WAL'

const isJournalMode = (pragma: string): boolean => pragma.startsWith('PRAGMA journal_mode ')

// Text is bound and read as UTF-8 bytes.
const checkEncoding = (database: Database): void => {
  const encoding = database.get({ text: 'PRAGMA encoding', parameters: [] })?.[0]
  if (encoding === 'UTF-8') return
  throw new PluginError(
    'unavailable',
    `expected a database in UTF-8, found ${encoding}; dump it and load it into a new file`,
  )
}

// SQLite does not wait for the lock that the change to WAL needs, and two processes may open a new file at once.
const patiently = (timeoutMs: number, action: () => void): void => {
  const end = Date.now() + timeoutMs
  for (;;) {
    try {
      return action()
    } catch (error) {
      const isBusy = error instanceof SqliteFailure && error.code !== undefined && (error.code & 0xff) === 5
      if (!isBusy || Date.now() >= end) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

const cannotOpen = ({ path }: SqliteUri, failure: SqliteFailure): PluginError =>
  new PluginError(
    'unavailable',
    `cannot open the database ${path}; check that the file is an SQLite database and its directory exists and can be written`,
    {
      details: { log: `SQLite error ${failure.code ?? 'without a code'}: ${failure.message}` },
      cause: failure,
    },
  )
