import { type BatchAnswer, checkBatchCount } from '@easyrest/plugin'
import { type BatchOperation, PluginError, type TableBatchRequest } from '@easyrest/protocol'
import type { MysqlSession } from './mysql-session.js'
import { tableDelete, tableUpdate } from './table-change.js'
import { tableCreate } from './table-create.js'

/** Inside a transaction: all of the writes, and each with the count it expects, or none. */
export const tableBatch = async (
  session: MysqlSession,
  { context, operations }: TableBatchRequest,
): Promise<BatchAnswer> => {
  const results: Result[] = []
  for (const [index, operation] of operations.entries()) {
    const result = await perform(session, operation, context)
    checkBatchCount(operation, index, (result.create ?? result.update ?? result.delete)!.affected)
    results.push(result)
  }
  return { results }
}

type Result = BatchAnswer['results'][number]

const perform = async (
  session: MysqlSession,
  { create, update, delete: removal }: BatchOperation,
  context: TableBatchRequest['context'],
): Promise<Result> => {
  if (create !== undefined) return { create: await tableCreate(session, { ...create, context }) }
  if (update !== undefined) return { update: await tableUpdate(session, { ...update, context }) }
  if (removal !== undefined) return { delete: await tableDelete(session, { ...removal, context }) }
  throw new PluginError('bad_value', 'an operation of the batch is neither create nor update nor delete')
}
