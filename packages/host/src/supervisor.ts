import { setTimeout as delay } from 'node:timers/promises'
import type { PluginInfo, Role } from '@easyrest/protocol'
import { BackOff } from './back-off.js'
import { CallError } from './call-error.js'
import type { ConnectionSettings, InstanceStatus } from './connection.js'
import type { Instance } from './instance.js'
import type { InstanceReport } from './instance-report.js'
import type { StartDependencies } from './launch-plugin.js'
import type { PluginLink } from './plugin-link.js'
import type { PluginProcess, ReadyPlugin } from './plugin-process.js'
import { describeExit, type PluginExit } from './plugin-start-error.js'
import { startPlugin } from './start-plugin.js'

/** Keeps one plugin process running: starts it, notices its end, starts the next. */
export class Supervisor implements Instance {
  info: PluginInfo | undefined
  roles: ReadonlySet<Role> = new Set()
  /** Takes calls now; undefined: there is none at the moment. */
  current: PluginProcess | undefined
  lastError: Error | undefined
  lastStartFailed = false
  private state: InstanceStatus['state'] = 'starting'
  private starts = 0
  private startedAt = 0
  private nextStartAt = 0
  private readonly backOff = new BackOff()
  private readonly closing = new AbortController()
  private readonly loop: Promise<void>
  private readonly firstOutcome: Promise<void>
  private settleFirst!: { resolve: () => void; reject: (error: Error) => void }

  constructor(
    private readonly settings: ConnectionSettings,
    private readonly dependencies: StartDependencies,
    private readonly onChange: () => void,
  ) {
    this.firstOutcome = new Promise((resolve, reject) => {
      this.settleFirst = { resolve, reject }
    })
    this.firstOutcome.catch(() => {})
    this.loop = this.run()
  }

  get status(): InstanceStatus {
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

  /** For those who hand calls to the process from elsewhere. */
  get report(): InstanceReport {
    const { status, info, roles, lastStartFailed, starts } = this
    const nextStartAt = Date.now() + status.retryAfterMs
    return { status, info, roles, lastStartFailed, nextStartAt, process: this.current?.address(starts) }
  }

  /** The process of this start, if it still runs, is of no use any more. */
  async replaceStart(serial: number, reason: string): Promise<void> {
    const process = this.current
    if (serial !== this.starts || process === undefined) return
    // A broken connection is often noticed a moment before the exit that explains it.
    await Promise.race([process.exited, delay(exitNoticeMs)])
    this.replace(process, reason)
  }

  /** Ends the process, or the start under way. Calls still in flight end as crashed. */
  async stop(): Promise<void> {
    this.state = 'closed'
    this.closing.abort()
    this.settleFirst.reject(new CallError('unavailable', `connection ${this.settings.name} is closed`))
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
    this.onChange()
    this.dependencies.log({ kind: 'plugin-start-failed', connection: this.settings.name, error, retryInMs })
  }

  /** Hands calls to the process until it ends. */
  private async serve(plugin: ReadyPlugin): Promise<void> {
    const { process } = plugin
    const readyAt = performance.now()
    if (!this.dependencies.callsFromElsewhere) {
      process.follow(plugin.info, this.settings, (reason) => this.replace(process, reason))
    }
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
    this.onChange()
  }

  /** No further call goes to this process. */
  private forget(process: PluginProcess): void {
    if (this.current !== process) return
    this.current = undefined
    if (this.state === 'ready') this.state = 'starting'
    this.onChange()
  }

  private async reportExit(process: PluginProcess, { code, signal }: PluginExit): Promise<void> {
    const expected = this.closing.signal.aborted
    const { replacedBecause } = process
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
    // Whoever debugs a plugin does not wait for the host.
    const longestMs = this.settings.reattach === undefined ? Number.POSITIVE_INFINITY : 1000
    const delayMs = Math.round(Math.min(this.backOff.next(), longestMs))
    this.nextStartAt = performance.now() + delayMs
    return delayMs
  }

  private async pause(): Promise<void> {
    if (this.closing.signal.aborted || this.retryAfterMs === 0) return
    this.state = 'waiting'
    this.onChange()
    await delay(this.retryAfterMs, undefined, { signal: this.closing.signal }).catch(() => {})
  }

  private get retryAfterMs(): number {
    return Math.max(0, Math.ceil(this.nextStartAt - performance.now()))
  }

  /** Ends a process that is of no use any more; the next is started. */
  replace(link: PluginLink, reason: string): void {
    const process = this.current
    if (process === undefined || process !== link || process.stopping) return
    this.forget(process)
    const { pid, program } = process
    this.dependencies.log({ kind: 'plugin-replaced', connection: this.settings.name, program, pid, reason })
    void this.endReplaced(process, reason)
  }

  // A connection often breaks a moment before the exit that explains it, and then that is what the log should say.
  private async endReplaced(process: PluginProcess, reason: string): Promise<void> {
    const exit = await Promise.race([process.exited, delay(exitNoticeMs, undefined)])
    if (exit === undefined) process.replacedBecause = reason
    await process.kill()
  }
}

const exitNoticeMs = 50
