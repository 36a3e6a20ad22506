import type { RequestContext } from '@easyrest/protocol'
import { ApiError } from '../../errors.js'
import type { DocumentRow } from '../documents/row.js'
import { contended, maxTries } from './contended.js'
import { guardedWrites } from './guarded-writes.js'
import type { KvStore } from './kv-store.js'
import { readSteps } from './read-steps.js'
import type { Step, TransactionResult } from './transaction-step.js'
import type { WriteCondition } from './write-condition.js'

/**
 * Gets beside writes. A batch has no reads: what was read before is a condition of the batch, and is read again when
 * somebody changed it meanwhile. Throws ApiError precondition, conflict.
 */
export const readsBesideWrites = async (
  store: KvStore,
  context: RequestContext,
  steps: readonly Step[],
  revision: string,
): Promise<TransactionResult[]> => {
  for (let tries = 0; tries < maxTries; tries++) {
    const found = await readSteps(store, context, steps.filter(isGet))
    const guarded = steps.map((step) => (isGet(step) ? asCheck(step, found.get(step.pk)) : step))
    try {
      await guardedWrites(store, context, guarded, revision)
      return steps.map((step) => ({ row: isGet(step) ? found.get(step.pk) : undefined }))
    } catch (error) {
      if (!isOfGet(error, steps)) throw error
    }
  }
  throw contended('documents')
}

const isGet = ({ op }: Step): boolean => op === 'get'

const asCheck = (step: Step, row: DocumentRow | undefined): Step => {
  const condition: WriteCondition = row === undefined ? { kind: 'absent' } : { kind: 'revision', revisions: [row.rev] }
  return { ...step, op: 'check', condition }
}

/** Whether the condition that did not hold is that of a get; where the plugin does not say, none other may be meant. */
const isOfGet = (error: unknown, steps: readonly Step[]): boolean => {
  if (!(error instanceof ApiError && error.code === 'precondition')) return false
  const { operation } = error.members
  if (operation !== undefined) return isGet(steps[Number(operation)]!)
  return steps.every((step) => isGet(step) || step.condition.kind === 'none')
}
