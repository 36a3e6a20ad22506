/** A call that failed between host and plugin. What a plugin itself answers is a PluginError instead. */
export class CallError extends Error {
  override readonly name = 'CallError'
  /** The call was handed to the plugin process, so a write may have happened. */
  readonly sent: boolean
  /** Milliseconds after which another try makes sense; 0: unknown. */
  readonly retryAfterMs: number

  constructor(
    readonly kind: CallErrorKind,
    message: string,
    options: { sent?: boolean; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.sent = options.sent ?? false
    this.retryAfterMs = options.retryAfterMs ?? 0
  }
}

/**
 * - unavailable: no healthy process; nothing was sent
 * - overloaded: the queue is full or the wait was too long; nothing was sent
 * - timeout: no answer before the deadline
 * - crashed: the process died or the connection to it broke with the call in flight
 * - protocol: the plugin answered something that the contract does not allow; the message may quote it
 * - cancelled: the caller gave up
 */
export type CallErrorKind = 'unavailable' | 'overloaded' | 'timeout' | 'crashed' | 'protocol' | 'cancelled'
