import type { Check } from '../check.js'
import { whereChecks } from './where-checks.js'

/** Every check, in the order in which they run. */
export const checks: readonly Check[] = [...whereChecks]
