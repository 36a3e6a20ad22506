import { PluginError } from '@easyrest/protocol'

/** What a plugin may know about the call it serves, beside the request. */
export interface Call {
  /** Aborted when the deadline has passed or nobody waits for the answer any more; its reason is a PluginError. */
  readonly signal: AbortSignal
  /** Milliseconds left until the deadline, never below 0; Infinity without one. */
  readonly remainingMs: number
  /** True once nobody waits any more. Unlike the signal it can be asked by code that blocks its thread. */
  readonly cancelled: boolean
}

/** A call as the doors see it: it can end before its answer is there. Most handlers never look at the signal. */
export class ServedCall implements Call {
  /** Set once the call ended early; nobody reads an answer after that. */
  ended: PluginError | undefined
  private readonly deadline: number
  private timer: NodeJS.Timeout | undefined
  private controller: AbortController | undefined
  private finished = false
  private readonly listeners: ((reason: PluginError) => void)[] = []

  /** @param timeoutMs from now; Infinity: no deadline */
  constructor(timeoutMs: number) {
    this.deadline = Date.now() + timeoutMs
    // setTimeout fires at once beyond 2^31 - 1 ms, and a deadline of 24 days is none.
    if (timeoutMs < 2 ** 31) this.timer = setTimeout(() => this.cancel(), Math.max(0, timeoutMs))
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController()
      if (this.ended !== undefined) this.controller.abort(this.ended)
    }
    return this.controller.signal
  }

  get remainingMs(): number {
    return Math.max(0, this.deadline - Date.now())
  }

  get cancelled(): boolean {
    return this.ended !== undefined || this.remainingMs === 0
  }

  /** Nobody waits any more: the deadline has passed, or the caller gave up. */
  cancel(): void {
    if (this.finished || this.ended !== undefined) return
    // Timers may fire a millisecond early.
    this.ended = this.remainingMs <= 1 ? timedOut() : new PluginError('cancelled', 'the caller gave the call up')
    clearTimeout(this.timer)
    this.controller?.abort(this.ended)
    for (const listener of this.listeners) listener(this.ended)
  }

  /** `listener` is told at most once, and at once when the call has ended already. */
  onEnd(listener: (reason: PluginError) => void): void {
    if (this.ended !== undefined) listener(this.ended)
    else this.listeners.push(listener)
  }

  /** The answer is there: the deadline no longer matters. */
  finish(): void {
    this.finished = true
    clearTimeout(this.timer)
  }
}

const timedOut = (): PluginError => new PluginError('timeout', 'the plugin did not answer before the deadline')
