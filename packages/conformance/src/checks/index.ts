import type { Check } from '../check.js'
import { handshakeChecks } from './handshake-checks.js'
import { startChecks } from './start-checks.js'
import { whereChecks } from './where-checks.js'

/** Every check, in the order in which they run. */
export const checks: readonly Check[] = [...handshakeChecks, ...startChecks, ...whereChecks]
