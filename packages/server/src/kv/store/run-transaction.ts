import { PluginError, type RequestContext } from '@easyrest/protocol'
import { lacksCapability } from '../answer/lacks-capability.js'
import { type DocumentRow, rowOf } from '../documents/row.js'
import { conditionFailed } from './condition-failed.js'
import { every, isDead, isOneOf } from './conditions.js'
import { contended, maxTries } from './contended.js'
import { guardedWrites } from './guarded-writes.js'
import type { KvStore } from './kv-store.js'
import { readSteps } from './read-steps.js'
import { readsBesideWrites } from './reads-beside-writes.js'
import type { Step, TransactionResult } from './transaction-step.js'
import type { WriteCondition } from './write-condition.js'
import { writtenRow } from './written-row.js'

/**
 * Runs operations as one: in one call, which is one transaction of the database. Reads and checks alone are one read;
 * sets and deletes without conditions one upsert, in which a delete is a row that has expired; creations alone one insert;
 * a single write is decided where it happens; and everything else is one batch, after a read where there are gets. Throws
 * ApiError precondition, or unsupported with the capability that is needed.
 */
export const runTransaction = async (
  store: KvStore,
  context: RequestContext,
  steps: readonly Step[],
  revision: string,
): Promise<TransactionResult[]> => {
  const nothing = steps.map(() => ({ row: undefined }))
  if (!steps.some(isWrite)) return readAll(store, context, steps)
  if (steps.some(({ op }) => op === 'get')) {
    if (!store.opening.features?.batch) throw lacksCapability('batch', 'gets beside writes')
    return readsBesideWrites(store, context, steps, revision)
  }
  const [only] = steps
  if (steps.length === 1 && only !== undefined) await writeOne(store, context, only)
  else if (steps.every(isUnconditional)) await writeAll(store, context, steps, revision)
  else if (steps.every(isCreation)) await createAll(store, context, steps)
  else if (store.opening.features?.batch) await guardedWrites(store, context, steps, revision)
  else throw lacksCapability('batch', 'conditions on several writes, or checks beside them,')
  return nothing
}

const isWrite = ({ op }: Step): boolean => op === 'set' || op === 'delete'

const isUnconditional = ({ op, condition }: Step): boolean => op !== 'check' && condition.kind === 'none'

const readAll = async (
  store: KvStore,
  context: RequestContext,
  steps: readonly Step[],
): Promise<TransactionResult[]> => {
  const found = await readSteps(store, context, steps)
  for (const [index, { op, pk, condition }] of steps.entries()) {
    if (op === 'check' && !holds(condition, found.get(pk))) throw conditionFailed(index)
  }
  return steps.map(({ op, pk }) => ({ row: op === 'get' ? found.get(pk) : undefined }))
}

const holds = (condition: WriteCondition, row: DocumentRow | undefined): boolean => {
  if (condition.kind === 'absent') return row === undefined
  return row !== undefined && (condition.kind !== 'revision' || condition.revisions.includes(row.rev))
}

const writeOne = async (store: KvStore, context: RequestContext, step: Step): Promise<void> => {
  const done =
    step.document === undefined
      ? await store.remove(context, step.pk, step.condition)
      : await store.put(context, rowOf(step.space, step.document), step.condition, false)
  if (!done && step.condition.kind !== 'none') throw conditionFailed(0)
}

const writeAll = async (
  store: KvStore,
  context: RequestContext,
  steps: readonly Step[],
  revision: string,
): Promise<void> => {
  if (!store.opening.features?.upsert) throw lacksCapability('upsert', 'several writes')
  await store.table.upsert(
    context,
    steps.map((step) => writtenRow(step, revision)),
  )
}

const createAll = async (store: KvStore, context: RequestContext, steps: readonly Step[]): Promise<void> => {
  const rows = steps.flatMap(({ space, document }) => (document === undefined ? [] : [rowOf(space, document)]))
  for (let tries = 0; tries < maxTries; tries++) {
    try {
      return await store.table.insert(context, rows)
    } catch (error) {
      if (!(error instanceof PluginError && error.reason === 'unique')) throw error
    }
    await makeRoom(store, context, steps)
  }
  throw contended('documents')
}

/** Removes what has expired from the places of the documents to come. Throws ApiError when one is taken. */
const makeRoom = async (store: KvStore, context: RequestContext, steps: readonly Step[]): Promise<void> => {
  const pks = steps.map(({ pk }) => pk)
  const taken = new Set((await store.getMany(context, pks)).map(({ pk }) => pk))
  const index = pks.findIndex((pk) => taken.has(pk))
  if (index >= 0) throw conditionFailed(index)
  await store.table.remove({ ...context, txEnd: 'commit' }, every(isOneOf(pks), isDead(Date.now())))
}

const isCreation = ({ op, condition }: Step): boolean => op === 'set' && condition.kind === 'absent'
