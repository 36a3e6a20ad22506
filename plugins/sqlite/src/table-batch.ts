import { type BatchAnswer, checkBatchCount } from '@easyrest/plugin'
import { type BatchOperation, PluginError, type TableBatchRequest } from '@easyrest/protocol'
import type { SqliteSession } from './sqlite-session.js'
import { tableDelete, tableUpdate } from './table-change.js'
import { tableCreate } from './table-create.js'
import { writeTransaction } from './transaction.js'

/** Several writes in one transaction: all of them, and each with the count it expects, or none. */
export const tableBatch = (session: SqliteSession, { context, operations }: TableBatchRequest): BatchAnswer =>
  writeTransaction(session.database, context?.txEnd ?? 'commit', () => ({
    results: operations.map((operation, index) => {
      const result = perform(session, operation, context)
      const { affected } = (result.create ?? result.update ?? result.delete)!
      checkBatchCount(operation, index, affected)
      return result
    }),
  }))

type Result = BatchAnswer['results'][number]

const perform = (
  session: SqliteSession,
  { create, update, delete: removal }: BatchOperation,
  context: TableBatchRequest['context'],
): Result => {
  if (create !== undefined) return { create: tableCreate(session, { ...create, context }) }
  if (update !== undefined) return { update: tableUpdate(session, { ...update, context }) }
  if (removal !== undefined) return { delete: tableDelete(session, { ...removal, context }) }
  throw new PluginError('bad_value', 'an operation of the batch is neither create nor update nor delete')
}
