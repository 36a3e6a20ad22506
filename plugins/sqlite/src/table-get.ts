import type { RowsAnswer } from '@easyrest/plugin'
import { PluginError, type TableGetRequest } from '@easyrest/protocol'
import { countStatement, selectStatement } from '@easyrest/sql'
import { type RowForm, RowWriter } from './row-writer.js'
import { type SqliteSession, timezoneOf } from './sqlite-session.js'
import { readTransaction } from './transaction.js'

export const tableGet = (session: SqliteSession, request: TableGetRequest): RowsAnswer => {
  // One statement sees one state of the database by itself.
  if (request.count !== 'exact') return rowsAnswer(session, request)
  return readTransaction(session.database, () => {
    const answer = rowsAnswer(session, request)
    return { ...answer, total: countRows(session, request) }
  })
}

const rowsAnswer = (session: SqliteSession, request: TableGetRequest): RowsAnswer => {
  let writer = readRows(session, request, 'quick')
  if (!writer.isExact) writer = readRows(session, request, 'exact')
  if (request.expectSingle && writer.rowCount !== 1) {
    throw new PluginError('singular', `expected exactly one row, found ${writer.rowCount}`)
  }
  return { rows: writer.rows(), rowCount: writer.rowCount, lastKey: writer.lastKey() }
}

/** The rows, written; in the quick form the writer says whether they are exact. */
const readRows = (session: SqliteSession, request: TableGetRequest, form: RowForm): RowWriter => {
  const table = session.catalog.table(request.table)
  const statement = selectStatement(request, table, session.target(request.context, form))
  const writer = new RowWriter(statement, form, timezoneOf(request.context), request.maxReplyBytes || largestReply)
  const limit = request.page?.limit ?? Infinity
  const rows = limit <= fewRows ? session.database.all(statement) : session.database.iterate(statement)
  for (const row of rows) writer.write(row)
  return writer
}

const countRows = (session: SqliteSession, request: TableGetRequest): number => {
  const table = session.catalog.table(request.table)
  const statement = countStatement(request, table, session.target(request.context, 'quick'))
  return Number(session.database.get(statement)![0])
}

/** Taken at once, which is cheaper than one by one. */
const fewRows = 100

const largestReply = 64 * 1024 * 1024
