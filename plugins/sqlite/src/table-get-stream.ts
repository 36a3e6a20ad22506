import type { Call } from '@easyrest/plugin'
import { PluginError, type TableGetChunk, type TableGetRequest } from '@easyrest/protocol'
import { type RowForm, RowWriter } from './row-writer.js'
import { pluginErrorOf } from './sqlite-errors.js'
import { type SqliteSession, timezoneOf } from './sqlite-session.js'
import { countRows, guardedSelect, rowsBetweenChecks } from './table-get.js'

/**
 * The rows of a request in pieces, from one cursor on one state of the database. The connection must serve nothing else
 * meanwhile: what it read would be as old as the cursor.
 */
export function* tableGetStream(
  session: SqliteSession,
  request: TableGetRequest,
  call?: Call,
): Generator<TableGetChunk> {
  const { database } = session
  session.interruption.begin(call)
  try {
    database.exec('BEGIN DEFERRED')
    yield* chunks(session, request)
  } catch (error) {
    throw pluginErrorOf(error)
  } finally {
    if (database.inTransaction) database.exec('COMMIT')
  }
}

function* chunks(session: SqliteSession, request: TableGetRequest): Generator<TableGetChunk> {
  let total = request.count === 'exact' ? countRows(session, request) : undefined
  const progress: Progress = { sent: 0 }
  for (const form of ['quick', 'exact'] as const) {
    for (const chunk of readChunks(session, request, form, progress)) {
      yield { ...chunk, total }
      total = undefined
    }
    if (progress.inexact === undefined) break
  }
  if (progress.sent === 0 && total !== undefined) yield { rows: Buffer.alloc(0), rowCount: 0, total }
}

interface Progress {
  /** Rows handed out. */
  sent: number
  /** Plan of the quick statement that met a row it cannot give exactly; the exact one goes on behind the rows sent. */
  inexact?: string
}

function* readChunks(
  session: SqliteSession,
  request: TableGetRequest,
  form: RowForm,
  progress: Progress,
): Generator<Pick<TableGetChunk, 'rows' | 'rowCount'>> {
  const statement = guardedSelect(session, request, form)
  const plan = planOf(session, statement.text)
  checkSamePlan(progress.inexact, plan)
  const writer = new RowWriter(statement, form, timezoneOf(request.context), Number.POSITIVE_INFINITY)
  let skip = progress.sent
  delete progress.inexact
  let rows = 0
  for (const row of session.database.iterate(statement, true)) {
    if (skip > 0) {
      skip--
      continue
    }
    if (++rows % rowsBetweenChecks === 0) session.interruption.check()
    writer.write(row)
    if (!writer.isExact) {
      progress.inexact = plan
      return
    }
    if (writer.length < (progress.sent === 0 ? firstChunk : laterChunks)) continue
    const chunk = writer.takeChunk()
    progress.sent += chunk.rowCount
    yield chunk
  }
  if (writer.rowCount === 0) return
  const last = writer.takeChunk()
  progress.sent += last.rowCount
  yield last
}

const planOf = (session: SqliteSession, text: string): string =>
  JSON.stringify(session.database.all({ text: `EXPLAIN QUERY PLAN ${text}`, parameters: [] }).map((row) => row[3]))

// The same plan gives the same order, so that the rows already sent are the ones that are skipped.
const checkSamePlan = (before: string | undefined, now: string): void => {
  if (before === undefined || before === now) return
  throw new PluginError('unsupported', 'a text that JSON cannot hold stands in the way of a stream; use limit')
}

/** The first piece leaves early; later ones are large enough to cost little each. In UTF-16 units. */
const firstChunk = 16 * 1024
const laterChunks = 64 * 1024
