import type { Method, Rpc } from '@easyrest/protocol'
import { CallError } from './call-error.js'
import type { Caller, CallLimits, StreamLimits } from './caller.js'
import type { Dispatcher } from './dispatcher.js'
import { HangWatch } from './hang-watch.js'
import { isRead } from './is-read.js'
import { maskError } from './mask-error.js'
import type { PluginLink } from './plugin-link.js'

/** Calls go to the process of the moment; a read that was in flight when it died is repeated once on the next. */
export class SupervisedCaller implements Caller {
  private readonly watch: HangWatch

  /**
   * @param waitMs how long a call waits for a process
   * @param mask takes the connection's secrets out of what a plugin says of its failures
   */
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly waitMs: number,
    private readonly mask: (text: string) => string,
  ) {
    this.watch = new HangWatch((process, reason) => dispatcher.replace(process, reason))
  }

  get inFlight(): number {
    return this.dispatcher.inFlight
  }

  call<Request, Response>(
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    limits: CallLimits,
  ): Promise<Response> {
    const process = this.dispatcher.current
    if (process === undefined) return this.callWhenReady(rpc, method, request, limits)
    const start = performance.now()
    // Nearly every call takes this way, so it makes no more promises than it needs.
    return process.caller.call(rpc, method, request, limits).then(process.answered, (error) => {
      this.watch.failed(process, error)
      return this.repeat(error, rpc, method, request, limits, start)
    })
  }

  /** A call with many answers. It is not repeated: part of it may have gone to the client. */
  async *stream<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Request,
    limits: StreamLimits,
  ): AsyncGenerator<Response, void> {
    const start = performance.now()
    const process = this.dispatcher.current ?? (await this.dispatcher.nextProcess(limits, this.waitMs))
    try {
      yield* process.stream(rpc, request, { ...limits, ...leftOf(limits, start) })
    } catch (error) {
      this.watch.failed(process, error)
      throw this.presentable(error)
    }
  }

  close(): void {
    void this.dispatcher.stop()
  }

  private async callWhenReady<Request, Response>(
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    limits: CallLimits,
  ): Promise<Response> {
    const start = performance.now()
    const process = await this.dispatcher.nextProcess(limits, this.waitMs)
    try {
      return await this.attempt(process, rpc, method, request, leftOf(limits, start))
    } catch (error) {
      return await this.repeat(error, rpc, method, request, limits, start)
    }
  }

  private async repeat<Request, Response>(
    error: unknown,
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    limits: CallLimits,
    start: number,
  ): Promise<Response> {
    if (!mayRepeat(error, method, request)) throw this.presentable(error)
    const left = leftOf(limits, start)
    const next = this.dispatcher.current ?? (await this.dispatcher.nextProcess(left, left.timeoutMs))
    try {
      return await this.attempt(next, rpc, method, request, leftOf(limits, start))
    } catch (second) {
      throw this.presentable(second)
    }
  }

  private async attempt<Request, Response>(
    process: PluginLink,
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    limits: CallLimits,
  ): Promise<Response> {
    try {
      return process.answered(await process.caller.call(rpc, method, request, limits))
    } catch (error) {
      this.watch.failed(process, error)
      throw error
    }
  }

  private presentable(error: unknown): unknown {
    // What was never sent did not fail: there was nobody to take it.
    if (error instanceof CallError && error.kind === 'crashed' && !error.sent) return this.dispatcher.unavailable()
    return maskError(error, this.mask)
  }
}

const leftOf = ({ timeoutMs, signal }: CallLimits, start: number): CallLimits => ({
  timeoutMs: Math.max(1, timeoutMs - (performance.now() - start)),
  signal,
})

// A write is repeated only when it is known not to have reached the plugin.
const mayRepeat = (error: unknown, method: Method, request: unknown): boolean =>
  error instanceof CallError && error.kind === 'crashed' && (!error.sent || isRead(method, request))
