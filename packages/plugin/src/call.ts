/** What a plugin may know about the call it serves, beside the request. */
export interface Call {
  /** Aborted when the deadline has passed or nobody waits for the answer any more. */
  readonly signal: AbortSignal
  /** Milliseconds left until the deadline; Infinity without one. */
  readonly remainingMs: number
}
