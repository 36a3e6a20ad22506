import type { PluginInfo, Role } from '@easyrest/protocol'
import { CallError } from './call-error.js'
import type { CallLimits } from './caller.js'
import type { ConnectionSettings, InstanceStatus } from './connection.js'
import type { Instance } from './instance.js'
import type { PluginLink } from './plugin-link.js'
import { WaitingLine } from './waiting-line.js'

/** Chooses the process for each call among the instances of a connection; calls wait here while none is ready. */
export class Dispatcher {
  info: PluginInfo | undefined
  roles: ReadonlySet<Role> = new Set()
  readonly instances: readonly Instance[]
  private running: readonly PluginLink[] = []
  private turn = 0
  private closed = false
  /** Calls that wait for a process. */
  private readonly waiting = new WaitingLine<PluginLink>()
  /** Those who wait until one is ready, however long. */
  private readonly readyLine = new WaitingLine<void>()
  private readonly watchers: (() => void)[] = []

  /** @param open makes one instance, which says when something about it changes */
  constructor(
    private readonly settings: Pick<ConnectionSettings, 'name' | 'limits' | 'instances'>,
    open: (index: number, onChange: () => void) => Instance,
  ) {
    this.instances = Array.from({ length: settings.instances ?? 1 }, (_, index) => open(index, () => this.update()))
  }

  /** Takes the next call: the ready process with the fewest in flight; undefined: none is ready. */
  get current(): PluginLink | undefined {
    return this.running.length < 2 ? this.running[0] : this.leastBusy()
  }

  get inFlight(): number {
    return this.running.reduce((sum, process) => sum + process.inFlight, 0)
  }

  /** As one: ready when one is. */
  get status(): InstanceStatus {
    const all = this.instances.map(({ status }) => status)
    const best = all.reduce((first, next) => (rank[next.state] < rank[first.state] ? next : first))
    const restarts = all.reduce((sum, status) => sum + status.restarts, 0)
    const lastError = best.lastError ?? all.find((status) => status.lastError !== undefined)?.lastError
    return { ...best, restarts, lastError, retryAfterMs: best.state === 'ready' ? 0 : this.retryAfterMs }
  }

  /** Resolves when every instance has been ready; rejects when the first start of one fails. */
  async ready(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.ready()))
  }

  /** Resolves as soon as an instance is ready, however many starts that takes; rejects when the time is over. */
  async waitReady(timeoutMs: number): Promise<void> {
    this.refuseIfClosed()
    if (this.running.length === 0) await this.readyLine.join({ timeoutMs }, () => this.notReadyIn(timeoutMs))
  }

  /** Waits for a start that has reason to succeed soon; otherwise the caller learns at once when to come back. */
  nextProcess({ timeoutMs, signal }: CallLimits, waitMs: number): Promise<PluginLink> {
    this.refuseIfClosed()
    if (this.instances.every(this.isHopeless)) throw this.unavailable()
    return this.waiting.join({ timeoutMs: Math.min(waitMs, timeoutMs), signal }, () => this.unavailable())
  }

  /** The process is of no use any more. */
  replace(process: PluginLink, reason: string): void {
    this.instances.find(({ current }) => current === process)?.replace(process, reason)
  }

  /** Nothing was sent, and when it makes sense to come back. */
  unavailable(): CallError {
    const { retryAfterMs, lastError } = this
    return new CallError('unavailable', `connection ${this.settings.name} has no running plugin process`, {
      retryAfterMs,
      cause: lastError,
    })
  }

  /** @param watcher told after each change of an instance */
  watch(watcher: () => void): void {
    this.watchers.push(watcher)
  }

  async stop(): Promise<void> {
    this.closed = true
    this.waiting.refuseAll(this.closedError())
    this.readyLine.refuseAll(this.closedError())
    await Promise.all(this.instances.map((instance) => instance.stop()))
    this.update()
  }

  // From the next in turn on, so that equals share the calls.
  private leastBusy(): PluginLink {
    const { running } = this
    this.turn = (this.turn + 1) % running.length
    let best = running[this.turn]!
    for (let step = 1; step < running.length; step++) {
      const next = running[(this.turn + step) % running.length]!
      if (next.inFlight < best.inFlight) best = next
    }
    return best
  }

  private update(): void {
    this.running = this.instances.flatMap(({ current }) => current ?? [])
    const described = this.instances.find(({ current }) => current !== undefined) ?? this.instances.find(hasInfo)
    this.info = described?.info ?? this.info
    this.roles = described?.roles ?? this.roles
    if (!this.closed) this.admitOrRefuse()
    for (const watcher of this.watchers) watcher()
  }

  private admitOrRefuse(): void {
    if (this.running.length > 0) {
      this.readyLine.admitAll()
      while (this.waiting.length > 0) this.waiting.admitNext(this.current!)
    } else if (this.instances.every(this.isHopeless)) {
      this.waiting.refuseAll(this.unavailable())
    }
  }

  private readonly isHopeless = ({ lastStartFailed, status }: Instance): boolean =>
    lastStartFailed || status.retryAfterMs > this.settings.limits.waitMs

  private get retryAfterMs(): number {
    return Math.min(...this.instances.map(({ status }) => status.retryAfterMs))
  }

  private get lastError(): Error | undefined {
    return this.instances.find(({ lastError }) => lastError !== undefined)?.lastError
  }

  private refuseIfClosed(): void {
    if (this.closed) throw this.closedError()
  }

  private closedError(): CallError {
    return new CallError('unavailable', `connection ${this.settings.name} is closed`)
  }

  // Clients read the message: what a plugin that does not start has printed is the cause alone, which goes to the log.
  private notReadyIn(timeoutMs: number): CallError {
    const { lastError: cause } = this
    const reason = cause === undefined ? 'it is still starting' : 'its plugin does not start'
    const message = `connection ${this.settings.name} was not ready within ${timeoutMs} ms: ${reason}`
    return new CallError('unavailable', message, { cause, retryAfterMs: this.retryAfterMs })
  }
}

const hasInfo = ({ info }: Instance): boolean => info !== undefined

const rank: Record<InstanceStatus['state'], number> = { ready: 0, starting: 1, waiting: 2, closed: 3 }
