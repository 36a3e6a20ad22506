import { createHash } from 'node:crypto'
import { PluginError, type TableDeleteRequest, tableGetRequest } from '@easyrest/protocol'
import type { SqliteSession } from './sqlite-session.js'
import { tableGet } from './table-get.js'

/** Throws `precondition` unless the rows are those of one of the entity tags. Called inside the write's transaction. */
export const checkPrecondition = (session: SqliteSession, request: TableDeleteRequest): void => {
  if (request.ifMatch.length === 0) return
  const { rows, rowCount } = currentRows(session, request)
  if (request.ifMatch.includes('*') && rowCount !== 0) return
  const tag = createHash('sha256')
    .update(rows as Uint8Array)
    .digest('base64url')
    .slice(0, 22)
  if (request.ifMatch.includes(tag)) return
  throw new PluginError('precondition', 'the rows have changed since they were read; read them again')
}

const currentRows = (session: SqliteSession, { context, table, where, ifMatchSelect }: TableDeleteRequest) =>
  tableGet(session, tableGetRequest(table, { context, where, select: ifMatchSelect }))
