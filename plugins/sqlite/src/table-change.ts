import { type ChangeAnswer, checkWrite } from '@easyrest/plugin'
import { type Projection, parseJsonRow, type TableDeleteRequest, type TableUpdateRequest } from '@easyrest/protocol'
import { deleteStatement, type RowsStatement, updateStatement } from '@easyrest/sql'
import { checkPrecondition } from './check-precondition.js'
import { keyProjection } from './key-projection.js'
import { RowWriter } from './row-writer.js'
import { type SqliteSession, timezoneOf } from './sqlite-session.js'
import type { SqliteColumn, SqliteTable } from './sqlite-table.js'
import { writeTransaction } from './transaction.js'

export const tableUpdate = (session: SqliteSession, request: TableUpdateRequest): ChangeAnswer => {
  const data = parseJsonRow(request.data)
  return change(session, request, (table, returning) =>
    updateStatement({ where: request.where, data, returning }, table, session.target(request.context, 'exact')),
  )
}

export const tableDelete = (session: SqliteSession, request: TableDeleteRequest): ChangeAnswer =>
  change(session, request, (table, returning) =>
    deleteStatement({ where: request.where, returning }, table, session.target(request.context, 'exact')),
  )

type WriteStatement = (table: SqliteTable, returning: readonly Projection[] | undefined) => RowsStatement<SqliteColumn>

const change = (session: SqliteSession, request: TableDeleteRequest, statementFor: WriteStatement): ChangeAnswer => {
  checkWrite({ ...request, expectSingle: false }, 0)
  return writeTransaction(session.database, request.context?.txEnd ?? 'commit', () => {
    const table = session.catalog.table(request.table)
    checkPrecondition(session, request)
    const statement = statementFor(table, returningOf(request, table))
    const answer = carryOut(session, request, statement)
    checkWrite(request, answer.affected)
    return answer
  })
}

const returningOf = ({ returning, select }: TableDeleteRequest, table: SqliteTable) => {
  if (returning === 'rows') return select
  // SQLite counts no rows that a trigger of a view writes, but it returns them.
  return returning === 'keys' || table.kind === 'view' ? keyProjection(table) : undefined
}

const carryOut = (
  { database }: SqliteSession,
  { context, returning }: TableDeleteRequest,
  statement: RowsStatement<SqliteColumn>,
): ChangeAnswer => {
  if (statement.outputs.length === 0) return { affected: database.run(statement) }
  const writer = new RowWriter(statement, 'exact', timezoneOf(context), Infinity)
  for (const row of database.all(statement)) writer.write(row)
  const affected = writer.rowCount
  return returning === 'rows' || returning === 'keys'
    ? { affected, rows: writer.rows(), rowCount: affected }
    : { affected }
}
