import { CallError } from './call-error.js'
import type { CallLimits } from './caller.js'
import type { ConnectionLimits } from './connection.js'
import { WaitingLine } from './waiting-line.js'

/** Lets at most `inFlight` calls in at once; at most `queue` others wait, each at most `waitMs`. */
export class CallSlots {
  private taken = 0
  private readonly line = new WaitingLine<void>()
  private onIdle: (() => void) | undefined
  private closed: CallError | undefined

  constructor(
    private readonly connection: string,
    private readonly limits: Pick<ConnectionLimits, 'inFlight' | 'queue' | 'waitMs'>,
  ) {}

  get inUse(): number {
    return this.taken
  }

  get waiting(): number {
    return this.line.length
  }

  /** A further call would be refused. */
  get isFull(): boolean {
    return this.taken >= this.limits.inFlight && this.line.length >= this.limits.queue
  }

  /** undefined: the slot is the caller's at once. Otherwise it is when the promise resolves. Throws CallError. */
  take({ timeoutMs, signal }: CallLimits): Promise<void> | undefined {
    if (this.closed !== undefined) throw this.closed
    if (this.taken < this.limits.inFlight) {
      this.taken++
      return undefined
    }
    const { queue, waitMs } = this.limits
    if (this.line.length >= queue) throw this.overloaded(`${queue} calls wait already`)
    return this.line.join({ timeoutMs: Math.min(waitMs, timeoutMs), signal }, () =>
      this.overloaded(`no call ended within ${Math.min(waitMs, timeoutMs)} ms`),
    )
  }

  /** Gives the slot to the next in line. */
  release(): void {
    if (this.line.admitNext()) return
    this.taken--
    if (this.taken === 0) this.onIdle?.()
  }

  /** Refuses newcomers with this error; resolves when no call is in flight or waiting any more. */
  close(refusal: CallError): Promise<void> {
    this.closed = refusal
    if (this.taken === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.onIdle = resolve
    })
  }

  private overloaded(why: string): CallError {
    const { inFlight, waitMs } = this.limits
    return new CallError('overloaded', `connection ${this.connection} has ${inFlight} calls in flight and ${why}`, {
      retryAfterMs: waitMs,
    })
  }
}
