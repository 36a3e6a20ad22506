import type { RequestContext } from '@easyrest/protocol'
import { ApiError } from '../../errors.js'
import type { DocumentRow } from '../documents/row.js'
import type { KvStore } from './kv-store.js'
import type { Step } from './transaction-step.js'

/** The documents of steps, in one read, by their primary keys. Throws ApiError body_too_large. */
export const readSteps = async (
  store: KvStore,
  context: RequestContext,
  steps: readonly Step[],
): Promise<ReadonlyMap<string, DocumentRow>> => {
  const most = store.options.maxRows
  if (steps.length > most) {
    throw new ApiError('body_too_large', { detail: `Expected at most ${most} reads in one transaction` })
  }
  const rows = await store.getMany(
    context,
    steps.map(({ pk }) => pk),
  )
  return new Map(rows.map((row) => [row.pk, row]))
}
