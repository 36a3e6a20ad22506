import type { RowsAnswer } from '@easyrest/plugin'
import { PluginError, type TableGetRequest } from '@easyrest/protocol'
import { cachedSelectStatement, countStatement } from '@easyrest/sql'
import type { MysqlSession } from './mysql-session.js'
import { RowWriter } from './row-writer.js'

export const tableGet = async (session: MysqlSession, request: TableGetRequest): Promise<RowsAnswer> => {
  // One statement sees one state of the database by itself.
  if (request.count !== 'exact') return rowsAnswer(session, request)
  await beginOneState(session)
  try {
    const answer = await rowsAnswer(session, request)
    return { ...answer, total: await countRows(session, request) }
  } finally {
    await endOneState(session)
  }
}

/** From now on every read sees the same state of the database, until `endOneState`. */
export const beginOneState = async (session: MysqlSession): Promise<void> => {
  await session.run(repeatable)
  await session.run(begin)
}

export const endOneState = (session: MysqlSession): Promise<unknown> =>
  session.connection.run(end).catch(() => session.connection.destroy())

/** How many rows the request has without its page. */
export const countRows = async (session: MysqlSession, request: TableGetRequest): Promise<number> => {
  const table = await session.catalog.table(request.table, session.connection)
  const [row] = await session.rows(countStatement(request, table, session.target))
  return Number(row![0])
}

/** The rows, written; `lock` keeps others from changing them until the transaction ends. */
export const readRows = async (session: MysqlSession, request: TableGetRequest, lock = false): Promise<RowWriter> => {
  const table = await session.catalog.table(request.table, session.connection)
  const statement = cachedSelectStatement(request, table, session.target)
  const writer = new RowWriter(statement, session.printZone, request.maxReplyBytes || largestReply)
  await session.run(lock ? { ...statement, text: `${statement.text} FOR UPDATE` } : statement, writer)
  return writer
}

const rowsAnswer = async (session: MysqlSession, request: TableGetRequest): Promise<RowsAnswer> => {
  const writer = await readRows(session, request)
  if (request.expectSingle && writer.rowCount !== 1) {
    throw new PluginError('singular', `expected exactly one row, found ${writer.rowCount}`)
  }
  return { rows: writer.rows(), rowCount: writer.rowCount, lastKey: writer.lastKey() }
}

const repeatable = { text: 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ', parameters: [] }
const begin = { text: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY', parameters: [] }
const end = { text: 'COMMIT', parameters: [] }

const largestReply = 64 * 1024 * 1024
