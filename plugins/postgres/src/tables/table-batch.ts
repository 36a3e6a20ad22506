import { type BatchAnswer, type Call, checkBatchCount } from '@easyrest/plugin'
import { type BatchOperation, PluginError, type TableBatchRequest } from '@easyrest/protocol'
import type { Database } from '../database.js'
import type { Run, TransactionScope } from '../transactions.js'
import type { TableUse } from '../use.js'
import type { PlannedWrite } from './planned-write.js'
import { planDelete, planUpdate, refusingChangedRows } from './table-change.js'
import { planCreate } from './table-create.js'

/** Several writes in one transaction: all of them, and each with the count it expects, or none. A round trip for each. */
export const tableBatch = (database: Database, request: TableBatchRequest, call?: Call): Promise<BatchAnswer> => {
  const { context, operations } = request
  const scope = { context, call }
  const names = operations.map(tableOf)
  const compares = operations.some(({ update, delete: removal }) => (update ?? removal)?.ifMatch.length)
  return database.onThings(database.tables, names, scope, async (uses) => {
    const work = async (run: Run) => ({ results: await performAll(operations, uses, scope, run) })
    if (!compares) return database.transactions.dialogue(scope, work)
    return refusingChangedRows(() => database.transactions.dialogue(scope, work, 'repeatable read'))
  })
}

type Result = BatchAnswer['results'][number]

const performAll = async (
  operations: readonly BatchOperation[],
  uses: readonly TableUse[],
  { context }: TransactionScope,
  run: Run,
): Promise<Result[]> => {
  const results: Result[] = []
  for (const [index, operation] of operations.entries()) {
    const result = await perform(operation, context, uses[index]!, run)
    checkBatchCount(operation, index, (result.create ?? result.update ?? result.delete)!.affected)
    results.push(result)
  }
  return results
}

const perform = async (
  { create, update, delete: removal }: BatchOperation,
  context: TransactionScope['context'],
  use: TableUse,
  run: Run,
): Promise<Result> => {
  if (create !== undefined) return { create: await carryOut(planCreate({ ...create, context }, use), use, run) }
  if (update !== undefined) return { update: await carryOut(planUpdate({ ...update, context }, use), use, run) }
  return { delete: await carryOut(planDelete({ ...removal!, context }, use), use, run) }
}

const carryOut = async <Answer>(
  { steps, conclude }: PlannedWrite<Answer>,
  use: TableUse,
  run: Run,
): Promise<Answer> => {
  const counts = await run([...use.comparison, ...steps])
  use.confirm()
  return conclude(counts.slice(use.comparison.length))
}

const tableOf = ({ create, update, delete: removal }: BatchOperation): string => {
  const request = create ?? update ?? removal
  if (request !== undefined) return request.table
  throw new PluginError('bad_value', 'an operation of the batch is neither create nor update nor delete')
}
