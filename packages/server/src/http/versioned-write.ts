import { CallError } from '@easyrest/host'
import { type ErrorReason, PluginError, type TransactionEnd } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import type { Change } from '../versions/table-versions.js'
import type { Exchange } from './exchange.js'

/**
 * Runs a write, and before its answer goes out lets the tables it has changed have new versions. Throws what `run` throws.
 * @param txEnd what is rolled back changes nothing
 */
export const versionedWrite = async <T>(
  exchange: Exchange,
  { versions }: ServedConnection,
  change: Change,
  txEnd: TransactionEnd,
  run: () => Promise<T>,
): Promise<T> => {
  if (versions === undefined || txEnd === 'rollback') return run()
  try {
    const answer = await run()
    await exchange.measure('cache', () => versions.changed(change, 'done'))
    return answer
  } catch (error) {
    if (mayHaveHappened(error)) await exchange.measure('cache', () => versions.changed(change, 'unknown'))
    throw error
  }
}

// When in doubt it has: a version too many costs one read.
const mayHaveHappened = (error: unknown): boolean => {
  if (error instanceof ApiError) return false
  if (error instanceof CallError) return error.sent
  return !(error instanceof PluginError && refusals.has(error.reason))
}

const refusals: ReadonlySet<string> = new Set<ErrorReason>([
  ...(['unique', 'foreign_key', 'conflict', 'exclusion', 'not_null', 'check', 'bad_value', 'unknown_column'] as const),
  ...(['max_affected', 'unknown_table', 'unknown_function', 'permission', 'singular', 'precondition'] as const),
  'unsupported',
])
