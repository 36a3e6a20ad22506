import type { Check } from '../check.js'
import { cacheChecks } from './cache-checks.js'
import { handshakeChecks } from './handshake-checks.js'
import { lifecycleChecks } from './lifecycle-checks.js'
import { loadChecks } from './load-checks.js'
import { sessionChecks } from './session-checks.js'
import { startChecks } from './start-checks.js'
import { streamChecks } from './stream-checks.js'
import { whereChecks } from './where-checks.js'

/** Every check, in the order in which they run. */
export const checks: readonly Check[] = [
  ...handshakeChecks,
  ...startChecks,
  ...whereChecks,
  ...streamChecks,
  ...sessionChecks,
  ...loadChecks,
  ...lifecycleChecks,
  ...cacheChecks,
]
