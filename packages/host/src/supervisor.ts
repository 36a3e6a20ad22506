import { setTimeout as delay } from 'node:timers/promises'
import type { Method, PluginInfo, Role, Rpc } from '@easyrest/protocol'
import { BackOff } from './back-off.js'
import { CallError } from './call-error.js'
import type { Caller, CallLimits } from './caller.js'
import type { ConnectionSettings, ConnectionStatus } from './connection.js'
import { isRead } from './is-read.js'
import type { PluginProcess, ReadyPlugin } from './plugin-process.js'
import { describeExit, type PluginExit } from './plugin-start-error.js'
import { checkHealth, type StartDependencies, startPlugin } from './start-plugin.js'
import { WaitingLine } from './waiting-line.js'

/**
 * Keeps one plugin process running: starts it, notices its end, starts the next. Calls go to the process of the moment;
 * a read that was in flight when it died is repeated once on the next.
 */
export class Supervisor implements Caller {
  info: PluginInfo | undefined
  roles: ReadonlySet<Role> = new Set()
  private current: PluginProcess | undefined
  private state: ConnectionStatus['state'] = 'starting'
  private starts = 0
  private lastError: Error | undefined
  private lastStartFailed = false
  private startedAt = 0
  private nextStartAt = 0
  private timeoutsInARow = 0
  private readonly backOff = new BackOff()
  /** Calls that wait for a process. */
  private readonly waiting = new WaitingLine<PluginProcess>()
  /** Those who wait until it is ready, however long. */
  private readonly readyLine = new WaitingLine<void>()
  private readonly closing = new AbortController()
  private readonly loop: Promise<void>
  private readonly firstOutcome: Promise<void>
  private settleFirst!: { resolve: () => void; reject: (error: Error) => void }

  constructor(
    private readonly settings: ConnectionSettings,
    private readonly dependencies: StartDependencies,
  ) {
    this.firstOutcome = new Promise((resolve, reject) => {
      this.settleFirst = { resolve, reject }
    })
    this.firstOutcome.catch(() => {})
    this.loop = this.run()
  }

  get inFlight(): number {
    return this.current?.caller.inFlight ?? 0
  }

  get status(): Omit<ConnectionStatus, 'inFlight' | 'waiting'> {
    return {
      state: this.state,
      pid: this.current?.pid,
      program: this.current?.program,
      restarts: Math.max(0, this.starts - 1),
      lastError: this.lastError?.message,
      retryAfterMs: this.retryAfterMs,
    }
  }

  /** Resolves at the first ready process; rejects when the first start fails. */
  ready(): Promise<void> {
    return this.firstOutcome
  }

  /** Resolves as soon as a process is ready, however many starts that takes; rejects when the time is over. */
  async waitReady(timeoutMs: number): Promise<void> {
    this.refuseIfClosed()
    if (this.current === undefined) await this.readyLine.join({ timeoutMs }, () => this.notReadyIn(timeoutMs))
  }

  call<Request, Response>(
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    limits: CallLimits,
  ): Promise<Response> {
    const process = this.current
    if (process === undefined) return this.callWhenReady(rpc, method, request, limits)
    const start = performance.now()
    // Nearly every call takes this way, so it makes no more promises than it needs.
    return process.caller.call(rpc, method, request, limits).then(this.succeeded, (error) => {
      this.judge(process, error)
      return this.repeat(error, rpc, method, request, limits, start)
    })
  }

  private readonly succeeded = <Response>(response: Response): Response => {
    this.timeoutsInARow = 0
    return response
  }

  private async callWhenReady<Request, Response>(
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    limits: CallLimits,
  ): Promise<Response> {
    const start = performance.now()
    const process = await this.nextProcess(limits, this.settings.limits.waitMs)
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
    if (!mayRepeat(error, method, request)) throw error
    const left = leftOf(limits, start)
    const next = this.current ?? (await this.nextProcess(left, left.timeoutMs))
    return await this.attempt(next, rpc, method, request, leftOf(limits, start))
  }

  /** A call with many answers. It is not repeated: part of it may have gone to the client. */
  async *stream<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Request,
    limits: CallLimits,
  ): AsyncGenerator<Response, void> {
    const start = performance.now()
    const process = this.current ?? (await this.nextProcess(limits, this.settings.limits.waitMs))
    try {
      yield* process.stream(rpc, request, leftOf(limits, start))
    } catch (error) {
      this.judge(process, error)
      throw error
    }
  }

  close(): void {
    void this.stop()
  }

  /** Ends the process, or the start under way. Calls still in flight end as crashed. */
  async stop(): Promise<void> {
    this.state = 'closed'
    this.closing.abort()
    this.waiting.refuseAll(this.closedError())
    this.readyLine.refuseAll(this.closedError())
    this.settleFirst.reject(this.closedError())
    await this.current?.stop()
    await this.loop
  }

  private async run(): Promise<void> {
    while (!this.closing.signal.aborted) {
      const plugin = await this.tryStart()
      if (plugin !== undefined) await this.serve(plugin)
      await this.pause()
    }
  }

  private async tryStart(): Promise<ReadyPlugin | undefined> {
    this.state = 'starting'
    this.starts++
    this.startedAt = performance.now()
    try {
      return await startPlugin(this.settings, this.dependencies, this.closing.signal)
    } catch (error) {
      this.startFailed(error as Error)
      return undefined
    }
  }

  private startFailed(error: Error): void {
    if (this.closing.signal.aborted) return
    const retryInMs = this.planNextStart()
    this.lastError = error
    this.lastStartFailed = true
    this.settleFirst.reject(error)
    this.waiting.refuseAll(this.unavailable())
    this.dependencies.log({ kind: 'plugin-start-failed', connection: this.settings.name, error, retryInMs })
  }

  /** Hands calls to the process until it ends. */
  private async serve(plugin: ReadyPlugin): Promise<void> {
    const { process } = plugin
    const readyAt = performance.now()
    if (plugin.info.capabilities.includes('session')) process.openSession((reason) => this.replace(process, reason))
    this.becomeReady(plugin)
    if (this.closing.signal.aborted) void process.stop()
    const exit = await process.exited
    this.forget(process)
    this.backOff.healthyFor(performance.now() - readyAt)
    const report = this.reportExit(process, exit)
    if (this.closing.signal.aborted) await report
    else this.planNextStart()
    await process.gone
  }

  private becomeReady({ process, info, roles, server }: ReadyPlugin): void {
    this.info = info
    this.roles = roles
    this.lastStartFailed = false
    this.timeoutsInARow = 0
    if (!this.closing.signal.aborted) {
      this.state = 'ready'
      this.current = process
    }
    this.dependencies.log({
      kind: 'plugin-ready',
      connection: this.settings.name,
      program: process.program,
      pid: process.pid,
      plugin: info.name,
      version: info.version,
      server,
      startMs: Math.round(performance.now() - this.startedAt),
    })
    this.settleFirst.resolve()
    this.readyLine.admitAll()
    this.waiting.admitAll(process)
  }

  /** No further call goes to this process. */
  private forget(process: PluginProcess): void {
    if (this.current !== process) return
    this.current = undefined
    if (this.state === 'ready') this.state = 'starting'
  }

  private async reportExit(process: PluginProcess, { code, signal }: PluginExit): Promise<void> {
    const expected = this.closing.signal.aborted
    if (!expected) {
      this.lastError = new Error(`the plugin process ${process.pid} ${describeExit({ code, signal })}`)
    }
    const stderr = await process.lastWords()
    this.dependencies.log({
      kind: 'plugin-exited',
      connection: this.settings.name,
      program: process.program,
      pid: process.pid,
      code,
      signal,
      expected,
      stderr,
      uptimeMs: Math.round(process.uptimeMs),
    })
  }

  private planNextStart(): number {
    const delayMs = Math.round(this.backOff.next())
    this.nextStartAt = performance.now() + delayMs
    return delayMs
  }

  private async pause(): Promise<void> {
    if (this.closing.signal.aborted || this.retryAfterMs === 0) return
    this.state = 'waiting'
    if (this.retryAfterMs > this.settings.limits.waitMs) this.waiting.refuseAll(this.unavailable())
    await delay(this.retryAfterMs, undefined, { signal: this.closing.signal }).catch(() => {})
  }

  private get retryAfterMs(): number {
    return Math.max(0, Math.ceil(this.nextStartAt - performance.now()))
  }

  /** Waits for a start that has reason to succeed soon; otherwise the caller learns at once when to come back. */
  private nextProcess({ timeoutMs, signal }: CallLimits, waitMs: number): Promise<PluginProcess> {
    this.refuseIfClosed()
    const { waitMs: bound } = this.settings.limits
    if (this.lastStartFailed || this.retryAfterMs > bound) throw this.unavailable()
    return this.waiting.join({ timeoutMs: Math.min(waitMs, timeoutMs), signal }, () => this.unavailable())
  }

  private async attempt<Request, Response>(
    process: PluginProcess,
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    limits: CallLimits,
  ): Promise<Response> {
    try {
      const response = await process.caller.call(rpc, method, request, limits)
      this.timeoutsInARow = 0
      return response
    } catch (error) {
      this.judge(process, error)
      throw error
    }
  }

  /** What a failed call says about the process. */
  private judge(process: PluginProcess, error: unknown): void {
    if (!(error instanceof CallError)) {
      this.timeoutsInARow = 0
    } else if (error.kind === 'crashed') {
      this.replace(process, 'its connection broke')
    } else if (error.kind === 'timeout' && ++this.timeoutsInARow % timeoutsBeforeProbe === 0) {
      void this.probe(process)
    }
  }

  /** Deadlines are missed: is the plugin busy, or does it hang? */
  private async probe(process: PluginProcess): Promise<void> {
    try {
      await checkHealth(process, probeMs)
    } catch {
      this.replace(process, `it answers neither calls nor a health check within ${probeMs} ms`)
    }
  }

  private replace(process: PluginProcess, reason: string): void {
    if (this.current !== process || process.stopping) return
    this.forget(process)
    const { pid, program } = process
    this.dependencies.log({ kind: 'plugin-replaced', connection: this.settings.name, program, pid, reason })
    void process.kill()
  }

  private refuseIfClosed(): void {
    if (this.closing.signal.aborted) throw this.closedError()
  }

  private closedError(): CallError {
    return new CallError('unavailable', `connection ${this.settings.name} is closed`)
  }

  private unavailable(): CallError {
    const { retryAfterMs } = this
    return new CallError('unavailable', `connection ${this.settings.name} has no running plugin process`, {
      retryAfterMs,
      cause: this.lastError,
    })
  }

  private notReadyIn(timeoutMs: number): CallError {
    const reason = this.lastError === undefined ? 'it is still starting' : this.lastError.message
    return new CallError(
      'unavailable',
      `connection ${this.settings.name} was not ready within ${timeoutMs} ms: ${reason}`,
      {
        cause: this.lastError,
      },
    )
  }
}

const leftOf = ({ timeoutMs, signal }: CallLimits, start: number): CallLimits => ({
  timeoutMs: Math.max(1, timeoutMs - (performance.now() - start)),
  signal,
})

// A write is repeated only when it is known not to have reached the plugin.
const mayRepeat = (error: unknown, method: Method, request: unknown): boolean =>
  error instanceof CallError && error.kind === 'crashed' && (!error.sent || isRead(method, request))

const timeoutsBeforeProbe = 3
const probeMs = 1000
