import type { Check } from '../check.js'
import { batchChecks } from './batch-checks.js'
import { cacheChecks } from './cache-checks.js'
import { deleteChecks, updateChecks } from './change-checks.js'
import { contextChecks } from './context-checks.js'
import { createChecks } from './create-checks.js'
import { ensureTableChecks } from './ensure-table-checks.js'
import { errorChecks } from './error-checks.js'
import { functionChecks } from './function-checks.js'
import { handshakeChecks } from './handshake-checks.js'
import { lifecycleChecks } from './lifecycle-checks.js'
import { loadChecks } from './load-checks.js'
import { orderChecks, pageChecks } from './order-checks.js'
import { preconditionChecks } from './precondition-checks.js'
import { queryChecks } from './query-checks.js'
import { schemaChecks } from './schema-checks.js'
import { selectChecks } from './select-checks.js'
import { sessionChecks } from './session-checks.js'
import { startChecks } from './start-checks.js'
import { streamChecks } from './stream-checks.js'
import { transactionChecks } from './transaction-checks.js'
import { upsertChecks } from './upsert-checks.js'
import { valueChecks } from './value-checks.js'
import { whereChecks } from './where-checks.js'

/** Every check, in the order in which they run. */
export const checks: readonly Check[] = [
  ...handshakeChecks,
  ...startChecks,
  ...whereChecks,
  ...selectChecks,
  ...orderChecks,
  ...pageChecks,
  ...valueChecks,
  ...createChecks,
  ...upsertChecks,
  ...updateChecks,
  ...deleteChecks,
  ...transactionChecks,
  ...preconditionChecks,
  ...batchChecks,
  ...errorChecks,
  ...contextChecks,
  ...schemaChecks,
  ...ensureTableChecks,
  ...queryChecks,
  ...functionChecks,
  ...streamChecks,
  ...sessionChecks,
  ...loadChecks,
  ...lifecycleChecks,
  ...cacheChecks,
]
