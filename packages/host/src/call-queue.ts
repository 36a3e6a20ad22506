import type { Method, Rpc } from '@easyrest/protocol'
import type { CallSlots } from './call-slots.js'
import type { Caller, CallLimits } from './caller.js'

/** Passes calls on as long as there are slots for them; the time spent waiting counts against the deadline. */
export class CallQueue implements Caller {
  private readonly leave = () => this.slots.release()

  constructor(
    private readonly next: Caller,
    private readonly slots: CallSlots,
  ) {}

  get inFlight(): number {
    return this.slots.inUse
  }

  call<Request, Response>(
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    limits: CallLimits,
  ): Promise<Response> {
    try {
      const turn = this.slots.take(limits)
      return turn === undefined
        ? this.run(rpc, method, request, limits)
        : this.runAfter(turn, rpc, method, request, limits)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  close(): void {
    this.next.close()
  }

  private run<Request, Response>(
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    limits: CallLimits,
  ): Promise<Response> {
    const result = this.next.call(rpc, method, request, limits)
    result.then(this.leave, this.leave)
    return result
  }

  private async runAfter<Request, Response>(
    turn: Promise<void>,
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    limits: CallLimits,
  ): Promise<Response> {
    const start = performance.now()
    await turn
    const timeoutMs = Math.max(1, limits.timeoutMs - (performance.now() - start))
    return this.run(rpc, method, request, { timeoutMs, signal: limits.signal })
  }
}
