import { type BatchOperation, PluginError, type RequestContext } from '@easyrest/protocol'
import { ApiError } from '../../errors.js'
import { collectionOf } from '../keys/key.js'
import { conditionFailed } from './condition-failed.js'
import { every, hasRevision, isDead, isKey, isLive } from './conditions.js'
import { createRequest, deleteRequest, operationOf, updateRequest } from './kv-requests.js'
import type { KvStore } from './kv-store.js'
import type { Step } from './transaction-step.js'
import { writtenRow } from './written-row.js'

/**
 * Writes and checks in one batch, in the order of their keys. Each condition is the count of rows that its operation must
 * affect. Throws ApiError precondition when one does not hold.
 */
export const guardedWrites = async (
  store: KvStore,
  context: RequestContext,
  steps: readonly Step[],
  revision: string,
): Promise<void> => {
  const sorted = [...steps].sort((a, b) => (a.pk < b.pk ? -1 : 1))
  try {
    await store.table.batch(
      context,
      sorted.map((step) => operationFor(step, context, revision)),
    )
  } catch (error) {
    throw error instanceof PluginError && error.reason === 'precondition' ? failed(error, sorted, steps) : error
  }
}

const operationFor = (step: Step, context: RequestContext, revision: string): BatchOperation => {
  const { op, pk, key, condition } = step
  if (condition.kind === 'none') {
    return op === 'delete'
      ? operationOf({ delete: deleteRequest(context, isKey(pk)) })
      : operationOf({ create: createRequest(context, [writtenRow(step, revision)], { action: 'merge' }) })
  }
  // A check that there is none writes a deletion: whoever creates the document meanwhile has to wait, and then fails it.
  if (condition.kind === 'absent') {
    const overwriteWhen = isDead(Date.now())
    const create = createRequest(context, [writtenRow(step, revision)], { action: 'merge', overwriteWhen })
    return operationOf({ create, expectAffected: 1 })
  }
  const held = every(
    isKey(pk),
    isLive(Date.now()),
    ...(condition.kind === 'revision' ? [hasRevision(condition.revisions)] : []),
  )
  if (op === 'delete') return operationOf({ delete: deleteRequest(context, held), expectAffected: 1 })
  // A check writes what the document has anyhow, so that it stays as it is until the end of the transaction.
  const { pk: _pk, ...changes } = writtenRow(step, revision)
  const data = op === 'check' ? { collection: collectionOf(key) } : changes
  return operationOf({ update: updateRequest(context, held, data), expectAffected: 1 })
}

/** Names the operation where the plugin does. */
const failed = (cause: PluginError, sorted: readonly Step[], steps: readonly Step[]): ApiError => {
  const broken = sorted[Number(cause.details.operation)]
  if (broken === undefined) {
    return new ApiError('precondition', { detail: 'A condition does not hold, so nothing was done', cause })
  }
  return conditionFailed(steps.indexOf(broken))
}
