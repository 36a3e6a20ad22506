import type { RowsAnswer } from '@easyrest/plugin'
import { PluginError, type Predicate, type TableGetRequest } from '@easyrest/protocol'
import { cachedSelectStatement, countStatement, type RowsStatement } from '@easyrest/sql'
import type { SqliteRow } from './database.js'
import { type RowForm, RowWriter } from './row-writer.js'
import { type SqliteSession, timezoneOf } from './sqlite-session.js'
import type { SqliteColumn } from './sqlite-table.js'
import { readTransaction } from './transaction.js'

export const tableGet = (session: SqliteSession, request: TableGetRequest): RowsAnswer => {
  // One statement sees one state of the database by itself.
  if (request.count !== 'exact') return rowsAnswer(session, request)
  return readTransaction(session.database, () => {
    const answer = rowsAnswer(session, request)
    return { ...answer, total: countRows(session, request) }
  })
}

/** The statement of a request, with a guard where it may take long. */
export const guardedSelect = (
  session: SqliteSession,
  request: TableGetRequest,
  form: RowForm,
): RowsStatement<SqliteColumn> => {
  const table = session.catalog.table(request.table)
  const target = session.target(request.context, form)
  const statement = cachedSelectStatement(request, table, target)
  const guard = session.interruption.guardFor(table, statement.text)
  return guard === undefined ? statement : cachedSelectStatement(request, table, { ...target, guard })
}

/** How many rows the request has without its page. */
export const countRows = (session: SqliteSession, request: TableGetRequest): number => {
  const table = session.catalog.table(request.table)
  const target = session.target(request.context, 'quick')
  const statement = countStatement(request, table, target)
  const guard = session.interruption.guardFor(table, statement.text)
  const guarded = guard === undefined ? statement : countStatement(request, table, { ...target, guard })
  return Number(session.database.get(guarded)![0])
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
  const statement = guardedSelect(session, request, form)
  const writer = new RowWriter(statement, form, timezoneOf(request.context), request.maxReplyBytes || largestReply)
  if (mostRows(session, request) <= fewRows) for (const row of session.database.all(statement)) writer.write(row)
  else writeMany(session, writer, session.database.iterate(statement))
  return writer
}

const writeMany = (session: SqliteSession, writer: RowWriter, rows: Iterable<SqliteRow>): void => {
  for (const row of rows) {
    writer.write(row)
    if (writer.rowCount % rowsBetweenChecks === 0) session.interruption.check()
  }
}

const mostRows = (session: SqliteSession, { page, where, table }: TableGetRequest): number => {
  if (page?.limit !== undefined) return page.limit
  const { primaryKey } = session.catalog.known(table)
  const isOne = primaryKey.length > 0 && primaryKey.every((column) => where !== undefined && fixes(where, column))
  return isOne ? 1 : Number.POSITIVE_INFINITY
}

/** Whether the predicate lets the column have one value only. */
const fixes = (where: Predicate, column: string): boolean =>
  where.kind === 'and'
    ? where.items.some((item) => fixes(item, column))
    : where.kind === 'comparison' && where.operator === 'eq' && where.column === column

/** Taken at once, which is cheaper than one by one. */
const fewRows = 100

export const rowsBetweenChecks = 256

const largestReply = 64 * 1024 * 1024
