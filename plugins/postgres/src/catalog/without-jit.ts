import type { Step } from '../server-connection.js'

/**
 * In front of a description of everything there is: the server expects far more rows than the catalogs have, and would compile the
 * statement for seconds (jit_above_cost) to save milliseconds. Holds for the transaction.
 */
export const withoutJit: Step = { text: 'SET LOCAL jit = off' }
