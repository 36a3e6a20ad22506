import { type ChangeAnswer, checkIfMatch, checkWrite } from '@easyrest/plugin'
import {
  PluginError,
  parseJsonRow,
  type TableDeleteRequest,
  type TableUpdateRequest,
  tableGetRequest,
} from '@easyrest/protocol'
import { checkReturning, deleteStatement, updateStatement } from '@easyrest/sql'
import type { MysqlSession } from './mysql-session.js'
import type { MysqlTable } from './mysql-table.js'
import { readRows } from './table-get.js'
import { answeredOf, changedKeys, lockKeys, WrittenRows } from './written-rows.js'

/** Inside a transaction. */
export const tableUpdate = async (session: MysqlSession, request: TableUpdateRequest): Promise<ChangeAnswer> => {
  const data = parseJsonRow(request.data)
  const { where } = request
  return change(session, request, async (table) => {
    const statement = updateStatement({ where, data }, table, session.target)
    const select = answeredOf(request, table)
    if (select === undefined) return { affected: (await session.run(statement)).affected }
    const written = new WrittenRows(session, table, select)
    const locked = await lockKeys(session, table, where)
    const { affected } = await session.run(statement)
    checkSame(locked.values.length, affected)
    await written.read(locked.key, changedKeys(session, table, locked, data))
    return { affected, ...written.finish() }
  })
}

/** Inside a transaction. */
export const tableDelete = async (session: MysqlSession, request: TableDeleteRequest): Promise<ChangeAnswer> => {
  const { context, where } = request
  return change(session, request, async (table) => {
    const statement = deleteStatement({ where }, table, session.target)
    const select = answeredOf(request, table)
    if (select === undefined) return { affected: (await session.run(statement)).affected }
    checkReturning(select)
    // Read before they go; some go along with another and are not counted again.
    const rows = await readRows(session, tableGetRequest(table.name, { context, where, select }), true)
    const { affected } = await session.run(statement)
    if (affected > rows.rowCount) throw changedMeanwhile()
    return { affected: rows.rowCount, rows: rows.rows(), rowCount: rows.rowCount }
  })
}

const change = async (
  session: MysqlSession,
  request: TableDeleteRequest,
  work: (table: MysqlTable) => Promise<ChangeAnswer>,
): Promise<ChangeAnswer> => {
  checkWrite({ ...request, expectSingle: false }, 0)
  const table = await session.catalog.table(request.table, session.connection)
  await checkPrecondition(session, request)
  const answer = await work(table)
  checkWrite(request, answer.affected)
  return answer
}

/** Compares with the rows as they are now; they are locked until the transaction ends. */
const checkPrecondition = async (session: MysqlSession, request: TableDeleteRequest): Promise<void> => {
  const { context, table, where, ifMatch, ifMatchSelect: select } = request
  if (ifMatch.length === 0) return
  const rows = await readRows(session, tableGetRequest(table, { context, where, select }), true)
  checkIfMatch(ifMatch, rows.rows(), rows.rowCount)
}

// A row that began to match between the look and the change.
const checkSame = (seen: number, affected: number): void => {
  if (seen !== affected) throw changedMeanwhile()
}

const changedMeanwhile = (): PluginError =>
  new PluginError('conflict', 'another write has changed the rows at the same time; try again')
