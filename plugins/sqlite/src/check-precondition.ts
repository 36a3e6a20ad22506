import { checkIfMatch } from '@easyrest/plugin'
import { type TableDeleteRequest, tableGetRequest } from '@easyrest/protocol'
import type { SqliteSession } from './sqlite-session.js'
import { tableGet } from './table-get.js'

/** Throws `precondition` unless the rows are those of one of the entity tags. Called inside the write's transaction. */
export const checkPrecondition = (session: SqliteSession, request: TableDeleteRequest): void => {
  const { context, table, where, ifMatch, ifMatchSelect } = request
  if (ifMatch.length === 0) return
  const { rows, rowCount = 0 } = tableGet(session, tableGetRequest(table, { context, where, select: ifMatchSelect }))
  checkIfMatch(ifMatch, rows as Uint8Array, rowCount)
}
