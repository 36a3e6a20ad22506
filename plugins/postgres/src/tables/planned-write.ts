import type { Step } from '../server-connection.js'

/** A write before it is carried out: its statements, and what is made of them before COMMIT. */
export interface PlannedWrite<Answer> {
  readonly steps: readonly Step[]
  /** Told how many rows each step affected. Throws when nothing of it may be kept. */
  conclude(counts: readonly number[]): Answer
}
