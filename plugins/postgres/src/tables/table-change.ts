import { type Call, type ChangeAnswer, checkIfMatch, checkWrite } from '@easyrest/plugin'
import {
  PluginError,
  type Projection,
  type TableDeleteRequest,
  type TableUpdateRequest,
  tableGetRequest,
} from '@easyrest/protocol'
import {
  deleteStatement,
  keyProjection,
  type RowsStatement,
  StatementBuilder,
  writeReturning,
  writeWhere,
} from '@easyrest/sql'
import type { PostgresColumn, PostgresTable } from '../catalog/postgres-table.js'
import type { Database } from '../database.js'
import { PostgresFailure } from '../postgres-failure.js'
import type { Step } from '../server-connection.js'
import { jsonRowsText } from '../sql/json-rows-statement.js'
import { writeSource } from '../sql/write-source.js'
import type { TableUse } from '../use.js'
import { RowCollector } from '../values/row-collector.js'
import { uncheckedMembers } from '../values/unfit-column.js'
import type { Parameter } from '../wire/frontend-writer.js'
import { bodyBytes, columnsOfRun, readBody } from './body.js'
import type { PlannedWrite } from './planned-write.js'
import { rowsStep } from './table-get.js'

export const tableUpdate = (database: Database, request: TableUpdateRequest, call?: Call): Promise<ChangeAnswer> =>
  database.onTable(request, call, (use) => carryOut(database, request, use, planUpdate(request, use)))

export const tableDelete = (database: Database, request: TableDeleteRequest, call?: Call): Promise<ChangeAnswer> =>
  database.onTable(request, call, (use) => carryOut(database, request, use, planDelete(request, use)))

/** Throws for what can be refused without the server. */
export const planUpdate = (request: TableUpdateRequest, use: TableUse): PlannedWrite<ChangeAnswer> =>
  planChange(request, use, updateStatement(request, use))

/** As planUpdate. */
export const planDelete = (request: TableDeleteRequest, use: TableUse): PlannedWrite<ChangeAnswer> => {
  const { thing: table, target } = use
  const { where } = request
  return planChange(request, use, deleteStatement({ where, returning: selectOf(request, table) }, table, target))
}

/** The new values come from one parameter, as rows of TableCreate do. */
const updateStatement = (request: TableUpdateRequest, use: TableUse): RowsStatement<PostgresColumn> => {
  const { thing: table, target } = use
  const body = bodyBytes(request.data)
  const [run] = readBody(body, 1, table, [])
  const columns = columnsOfRun(run, table)
  if (columns.length === 0) throw new PluginError('bad_value', 'the change names no column; give at least one')
  use.leaveToServer(uncheckedMembers(columns, body, 'json_to_record'))
  const out = new StatementBuilder(target.dialect).sql('UPDATE ').table(table).sql(' SET (')
  out.list(columns, ', ', (column) => out.name(column.name)).sql(') = (')
  writeSource(out, columns, body, 'json_to_record')
  out.sql(')')
  writeWhere(out, request.where, table, target)
  const outputs = writeReturning(out, selectOf(request, table), table, target)
  return { ...out.build(), outputs, lastKey: [] }
}

const planChange = (
  request: TableDeleteRequest,
  use: TableUse,
  statement: RowsStatement<PostgresColumn>,
): PlannedWrite<ChangeAnswer> => {
  checkWrite({ ...request, expectSingle: false }, 0)
  const before = new RowCollector(Number.POSITIVE_INFINITY)
  const rows = new RowCollector(Number.POSITIVE_INFINITY)
  return {
    steps: [...preconditionSteps(request, use, before), changeStep(statement, request, rows)],
    conclude: (counts) => {
      if (request.ifMatch.length > 0) checkIfMatch(request.ifMatch, before.rows(), before.rowCount)
      checkWrite(request, counts.at(-1)!)
      return answerOf(request, counts.at(-1)!, rows)
    },
  }
}

const carryOut = async (
  { transactions }: Database,
  request: TableDeleteRequest,
  use: TableUse,
  { steps, conclude }: PlannedWrite<ChangeAnswer>,
): Promise<ChangeAnswer> => {
  const decide = (counts: readonly number[]) => {
    use.confirm()
    return conclude(counts)
  }
  const whole = [...use.comparison, ...steps]
  if (request.ifMatch.length === 0) return transactions.write(use.scope, whole, decide)
  // The tag and the change must see the same rows.
  return refusingChangedRows(() => transactions.write(use.scope, whole, decide, 'repeatable read'))
}

/** Of a transaction that compares tags: that somebody else has changed the rows is no conflict, but what was asked. */
export const refusingChangedRows = async <Result>(write: () => Promise<Result>): Promise<Result> => {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof PostgresFailure) || error.code !== '40001') throw error
    throw new PluginError('precondition', 'the rows have changed since they were read; read them again')
  }
}

const preconditionSteps = (request: TableDeleteRequest, use: TableUse, before: RowCollector): readonly Step[] => {
  const { context, table, where, ifMatch, ifMatchSelect } = request
  if (ifMatch.length === 0) return []
  return [rowsStep(tableGetRequest(table, { context, where, select: ifMatchSelect }), use, before.add)]
}

const changeStep = (
  statement: RowsStatement<PostgresColumn>,
  { returning, context }: TableDeleteRequest,
  rows: RowCollector,
): Step => {
  const parameters = statement.parameters as Parameter[]
  if (!isAnswered(returning)) return { text: statement.text, parameters }
  return { text: jsonRowsText(statement, 'write', context), parameters, onRow: rows.add }
}

const isAnswered = (returning: TableDeleteRequest['returning']): boolean => returning === 'rows' || returning === 'keys'

/** What is answered of each row; undefined: nothing. */
const selectOf = (
  { returning, select }: TableDeleteRequest,
  table: PostgresTable,
): readonly Projection[] | undefined => {
  if (returning === 'rows') return select
  return returning === 'keys' ? keyProjection(table) : undefined
}

const answerOf = ({ returning }: TableDeleteRequest, affected: number, rows: RowCollector): ChangeAnswer =>
  isAnswered(returning) ? { affected, rows: rows.rows(), rowCount: rows.rowCount } : { affected }
