import { type ChangeAnswer, checkWrite } from '@easyrest/plugin'
import {
  type Projection,
  parseJsonRow,
  type TableDeleteRequest,
  type TableUpdateRequest,
  tableGetRequest,
} from '@easyrest/protocol'
import { checkReturning, deleteStatement, keyProjection, type RowsStatement, updateStatement } from '@easyrest/sql'
import { checkPrecondition } from './check-precondition.js'
import type { SqliteSession } from './sqlite-session.js'
import type { SqliteColumn, SqliteTable } from './sqlite-table.js'
import { tableGet } from './table-get.js'
import { writeTransaction } from './transaction.js'
import { WrittenRows } from './written-rows.js'

export const tableUpdate = (session: SqliteSession, request: TableUpdateRequest): ChangeAnswer => {
  const data = parseJsonRow(request.data)
  const { context, where } = request
  return change(session, request, (table, select) => {
    const written = select && new WrittenRows(session, table, context, select)
    const change = { where, data, returning: written?.returning }
    return carryOut(
      session,
      updateStatement(change, written?.table ?? table, session.target(context, 'exact')),
      written,
    )
  })
}

export const tableDelete = (session: SqliteSession, request: TableDeleteRequest): ChangeAnswer =>
  change(session, request, (table, select) => {
    if (select !== undefined && table.hasAftereffects) return readAndRemove(session, request, table, select)
    const { context, where } = request
    const written = select && new WrittenRows(session, table, context, select)
    const statement = deleteStatement({ where, returning: select }, table, session.target(context, 'exact'))
    return carryOut(session, statement, written)
  })

type Work = (table: SqliteTable, select: readonly Projection[] | undefined) => ChangeAnswer

const change = (session: SqliteSession, request: TableDeleteRequest, work: Work): ChangeAnswer => {
  checkWrite({ ...request, expectSingle: false }, 0)
  return writeTransaction(session.database, request.context?.txEnd ?? 'commit', () => {
    const table = session.catalog.table(request.table)
    checkPrecondition(session, request)
    const { affected, ...rows } = work(table, selectOf(request, table))
    checkWrite(request, affected)
    return request.returning === 'rows' || request.returning === 'keys' ? { affected, ...rows } : { affected }
  })
}

/** What is answered of each row; undefined: nothing. */
const selectOf = ({ returning, select }: TableDeleteRequest, table: SqliteTable): readonly Projection[] | undefined => {
  if (returning === 'rows') return select
  // SQLite counts no rows that a trigger of a view writes, but it returns them.
  return returning === 'keys' || table.kind === 'view' ? keyProjection(table) : undefined
}

const carryOut = (
  { database }: SqliteSession,
  statement: RowsStatement<SqliteColumn>,
  written: WrittenRows | undefined,
): ChangeAnswer => {
  if (written === undefined) return { affected: database.run(statement) }
  const rows = database.all(statement)
  for (const row of rows) written.add(statement, row)
  return { affected: rows.length, ...written.finish() }
}

// What goes with one row may change the next before that goes too, and deleted rows are answered as they were.
const readAndRemove = (
  session: SqliteSession,
  { context, table: name, where }: TableDeleteRequest,
  table: SqliteTable,
  select: readonly Projection[],
): ChangeAnswer => {
  checkReturning(select)
  const { rows, rowCount } = tableGet(session, tableGetRequest(name, { context, where, select }))
  const statement = deleteStatement({ where }, table, session.target(context, 'exact'))
  return { affected: session.database.run(statement), rows, ...(rowCount !== undefined && { rowCount }) }
}
