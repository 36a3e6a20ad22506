import { type CreateAnswer, checkWrite } from '@easyrest/plugin'
import {
  type JsonRow,
  type JsonValue,
  PluginError,
  type Projection,
  parseJsonRows,
  type TableCreateRequest,
} from '@easyrest/protocol'
import { keyProjection, sameNames, writableColumnOf } from '@easyrest/sql'
import type { Batch } from './insert-part.js'
import { InsertedRows } from './inserted-rows.js'
import type { MysqlSession } from './mysql-session.js'
import type { MysqlTable } from './mysql-table.js'
import { upsertRows } from './upsert-rows.js'

/** Inside a transaction: all rows or none. */
export const tableCreate = async (session: MysqlSession, request: TableCreateRequest): Promise<CreateAnswer> => {
  const rows = parseJsonRows(request.rows)
  if (request.overwriteWhen !== undefined && request.conflict?.action !== 'merge') {
    throw new PluginError('bad_value', 'a condition on overwriting belongs to a conflict that is merged')
  }
  checkWrite({ ...request, expectSingle: false }, 0)
  const table = await session.catalog.table(request.table, session.connection)
  // With missing_default no statement need name them, nor where there is no row.
  for (const name of request.columns) writableColumnOf(table, name)
  const inserted = new InsertedRows(session, table, selectOf(request, table))
  for (const batch of batchesOf(rows, request, table)) {
    if (request.conflict === undefined) await inserted.insert(batch)
    else await upsertRows(session, table, batch, request, inserted)
  }
  checkWrite(request, inserted.affected)
  return inserted.answer(request.returning)
}

/** Neighbours that name the same columns together. */
function* batchesOf(rows: readonly JsonRow[], request: TableCreateRequest, table: MysqlTable): Generator<Batch> {
  let names: readonly string[] = []
  let values: JsonValue[][] = []
  for (const row of rows) {
    const next = namesOf(row, request)
    if (values.length > 0 && !sameNames(next, names)) {
      yield batchOf(table, names, values)
      values = []
    }
    names = next
    values.push(next.map((name) => row.get(name) ?? nothing))
  }
  if (values.length > 0) yield batchOf(table, names, values)
}

const batchOf = (table: MysqlTable, names: readonly string[], rows: readonly JsonValue[][]): Batch => ({
  columns: names.map((name) => writableColumnOf(table, name)),
  rows,
})

const namesOf = (row: JsonRow, { columns, missingDefault }: TableCreateRequest): readonly string[] =>
  columns.length === 0 ? [...row.keys()] : missingDefault ? columns.filter((name) => row.has(name)) : columns

/** What is answered of each row; undefined: nothing. */
const selectOf = ({ returning, select }: TableCreateRequest, table: MysqlTable): readonly Projection[] | undefined =>
  returning === 'none' ? undefined : returning === 'keys' ? keyProjection(table) : select

const nothing: JsonValue = { kind: 'null' }
