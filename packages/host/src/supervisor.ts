import { setTimeout as delay } from 'node:timers/promises'
import type { PluginInfo, Role } from '@easyrest/protocol'
import { BackOff } from './back-off.js'
import { CallError } from './call-error.js'
import type { CallLimits } from './caller.js'
import type { ConnectionSettings, ConnectionStatus } from './connection.js'
import type { StartDependencies } from './launch-plugin.js'
import type { PluginProcess, ReadyPlugin } from './plugin-process.js'
import { describeExit, type PluginExit } from './plugin-start-error.js'
import { startPlugin } from './start-plugin.js'
import { WaitingLine } from './waiting-line.js'

/** Keeps one plugin process running: starts it, notices its end, starts the next. */
export class Supervisor {
  info: PluginInfo | undefined
  roles: ReadonlySet<Role> = new Set()
  /** Takes calls now; undefined: there is none at the moment. */
  current: PluginProcess | undefined
  private state: ConnectionStatus['state'] = 'starting'
  private starts = 0
  private lastError: Error | undefined
  private lastStartFailed = false
  private startedAt = 0
  private nextStartAt = 0
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
    // It may have ended before the host's own signal reached it.
    const replacedBecause = signal === 'SIGKILL' ? process.replacedBecause : undefined
    if (!expected) {
      const why = replacedBecause === undefined ? '' : `: ${replacedBecause}`
      this.lastError = new Error(`the plugin process ${process.pid} ${describeExit({ code, signal })}${why}`)
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
      replacedBecause,
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
  nextProcess({ timeoutMs, signal }: CallLimits, waitMs: number): Promise<PluginProcess> {
    this.refuseIfClosed()
    const { waitMs: bound } = this.settings.limits
    if (this.lastStartFailed || this.retryAfterMs > bound) throw this.unavailable()
    return this.waiting.join({ timeoutMs: Math.min(waitMs, timeoutMs), signal }, () => this.unavailable())
  }

  /** Ends a process that is of no use any more; the next is started. */
  replace(process: PluginProcess, reason: string): void {
    if (this.current !== process || process.stopping) return
    this.forget(process)
    const { pid, program } = process
    this.dependencies.log({ kind: 'plugin-replaced', connection: this.settings.name, program, pid, reason })
    process.replacedBecause = reason
    void process.kill()
  }

  private refuseIfClosed(): void {
    if (this.closing.signal.aborted) throw this.closedError()
  }

  private closedError(): CallError {
    return new CallError('unavailable', `connection ${this.settings.name} is closed`)
  }

  /** Nothing was sent, and when it makes sense to come back. */
  unavailable(): CallError {
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
