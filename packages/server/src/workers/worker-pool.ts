import { setTimeout as delay } from 'node:timers/promises'
import { BackOff } from '@easyrest/host'
import { ConfigError } from '../config/config-error.js'
import type { Follower } from '../gateway.js'
import type { Observe } from '../observe/observation.js'
import { NotReadyError } from '../reload/reload-outcome.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { ConnectionSharing, type Shareable } from './connection-sharing.js'
import type { Answers, Refusal, ToWorker } from './messages.js'
import { WorkerProcess } from './worker-process.js'

/**
 * The workers of a server: keeps `count` of them running, each with the snapshot in force. They go along with a reload
 * all or none; one that ends is replaced and is no reason for a reload to fail.
 */
export class WorkerPool implements Follower {
  readonly drainMarginMs = 1000
  readonly sharing = new ConnectionSharing((message) => this.broadcast(message))
  private readonly workers: (WorkerProcess | undefined)[]
  /** The snapshots that each worker may hold. */
  private readonly held = new Map<WorkerProcess, Set<Snapshot>>()
  private inForce: Shared | undefined
  private next: Shared | undefined
  private readonly closing = new AbortController()

  constructor(
    private readonly count: number,
    private readonly observe: Observe,
  ) {
    this.workers = Array.from({ length: count }, () => undefined)
  }

  /** Resolves with the address when every worker serves; rejects when a first one cannot. */
  async start(snapshot: Snapshot): Promise<string> {
    this.inForce = this.shared(snapshot)
    const addresses = await Promise.all(this.workers.map((_, index) => this.keepRunning(index)))
    return addresses[0]!
  }

  /** Rejects with what the first worker that refuses says. */
  async prepare(snapshot: Snapshot): Promise<void> {
    const next = this.shared(snapshot)
    this.next = next
    const longestStart = Math.max(0, ...[...snapshot.config.connections.values()].map((c) => c.limits.startTimeoutMs))
    const refusals = await Promise.all(
      this.followers.map(([index, worker]) => this.prepareOne(worker, index, next, longestStart + patienceMs)),
    )
    const refusal = refusals.find((each) => each !== undefined)
    if (refusal !== undefined) throw toError(refusal)
  }

  swap(snapshot: Snapshot): void {
    const { next } = this
    if (next?.snapshot !== snapshot) return
    this.inForce = next
    this.next = undefined
    for (const [index, worker] of this.followers) {
      if (next.prepared.has(worker)) this.putInForce(worker, next)
      // It came meanwhile, with the snapshot that was in force then.
      else void this.bring(worker, index, next)
    }
  }

  abandon({ generation }: Snapshot): void {
    this.next = undefined
    this.broadcast({ kind: 'abandon', generation })
  }

  /** The worker's answer, in their order; undefined for one that does not serve, or not answer in time. */
  ask<What extends keyof Answers>(what: What): Promise<(Answers[What] | undefined)[]> {
    return Promise.all(this.workers.map((worker) => worker?.ask(what, askMs)))
  }

  get pids(): readonly (number | undefined)[] {
    return this.workers.map((worker) => (worker?.isServing ? worker.pid : undefined))
  }

  /** Every worker stops accepting, finishes what is in flight, and ends. */
  async close(drainMs: number): Promise<void> {
    this.closing.abort()
    await Promise.all(this.workers.map((worker) => worker?.stop(drainMs)))
  }

  /** Resolves with the address when the first process of this place serves; rejects when that one cannot. */
  private async keepRunning(index: number): Promise<string> {
    const backOff = new BackOff()
    const first = new Turn(this.fork(index))
    try {
      return await this.bringUp(first, index)
    } catch (error) {
      first.worker.kill()
      throw error
    } finally {
      void this.replaceFrom(first, index, backOff)
    }
  }

  private async replaceFrom(first: Turn, index: number, backOff: BackOff): Promise<void> {
    for (let turn = first; ; turn = new Turn(this.fork(index))) {
      if (turn !== first) this.bringUp(turn, index).catch((error) => this.endStuck(turn.worker, index, error.message))
      const exit = await turn.worker.exited
      this.forget(turn.worker, index)
      const expected = this.closing.signal.aborted
      backOff.healthyFor(turn.ageMs)
      const retryInMs = expected ? 0 : Math.round(backOff.next())
      this.observe({ kind: 'worker-exited', worker: index + 1, pid: turn.worker.pid, ...exit, expected, retryInMs })
      await delay(retryInMs, undefined, { signal: this.closing.signal }).catch(() => {})
      if (this.closing.signal.aborted) return
    }
  }

  private fork(index: number): WorkerProcess {
    const worker: WorkerProcess = new WorkerProcess(index, {
      onComplaint: ({ connection, complaint }) => this.sharing.complain(connection, complaint),
      onDrained: (generation) => this.letGo(worker, generation),
    })
    this.workers[index] = worker
    this.held.set(worker, new Set())
    return worker
  }

  private async bringUp(turn: Turn, index: number): Promise<string> {
    const { worker } = turn
    const timer = new AbortController()
    const late = delay(startMs, undefined, { signal: timer.signal }).then((): never => {
      throw new Error(`it did not serve within ${startMs / 1000} s`)
    })
    const ended = worker.exited.then(({ code, signal }): never => {
      throw new Error(`a worker ended before it served (${signal ?? `exit code ${code}`})`)
    })
    for (const loser of [late, ended]) loser.catch(() => {})
    try {
      await Promise.race([worker.greeted, ended, late])
      await Promise.race([this.bring(worker, index, this.inForce!), ended, late])
      const address = await Promise.race([worker.serving, ended, late])
      this.observe({ kind: 'worker-ready', worker: index + 1, pid: worker.pid, startMs: Math.round(turn.ageMs) })
      return address
    } finally {
      timer.abort()
    }
  }

  /** Gives a worker a snapshot that is in force, whatever it had before. */
  private async bring(worker: WorkerProcess, index: number, target: Shared): Promise<void> {
    const refusal = await this.prepareOne(worker, index, target, patienceMs, false)
    if (refusal !== undefined) return this.endStuck(worker, index, refusal.reason)
    // Meanwhile another may have come into force.
    if (this.inForce === target) this.putInForce(worker, target)
    else await this.bring(worker, index, this.inForce!)
  }

  private forget(worker: WorkerProcess, index: number): void {
    this.letGo(worker)
    if (this.workers[index] === worker) this.workers[index] = undefined
  }

  private async prepareOne(
    worker: WorkerProcess,
    index: number,
    target: Shared,
    timeoutMs: number,
    mustReach = true,
  ): Promise<Refusal | undefined> {
    const timer = new AbortController()
    const late = delay(timeoutMs, undefined, { signal: timer.signal }).then(
      () => this.endStuck(worker, index, `it did not answer for ${Math.round(timeoutMs / 1000)} s`),
      () => {},
    )
    const snapshot = target.for({ index, count: this.count })
    const refusal = await worker.prepare({ kind: 'prepare', snapshot, mustReach })
    timer.abort()
    await late
    if (refusal === undefined) target.prepared.add(worker)
    return refusal
  }

  private putInForce(worker: WorkerProcess, { snapshot }: Shared): void {
    const held = this.held.get(worker)
    if (held === undefined || held.has(snapshot)) return
    held.add(snapshot)
    snapshot.inFlight.enter()
    worker.send({ kind: 'swap', generation: snapshot.generation })
  }

  /** @param generation which one it holds no more; undefined: none */
  private letGo(worker: WorkerProcess, generation?: number): void {
    const held = this.held.get(worker)
    for (const snapshot of held ?? []) {
      if (generation !== undefined && snapshot.generation !== generation) continue
      held?.delete(snapshot)
      snapshot.inFlight.leave()
    }
    if (generation === undefined) this.held.delete(worker)
  }

  private endStuck(worker: WorkerProcess, index: number, reason: string): void {
    if (worker.hasExited) return
    this.observe({ kind: 'worker-stuck', worker: index + 1, pid: worker.pid, reason })
    worker.kill()
  }

  /** Those that have a snapshot; the others are about to be given the one that is then in force. */
  private get followers(): [number, WorkerProcess][] {
    return this.workers.flatMap((worker, index): [number, WorkerProcess][] =>
      worker !== undefined && this.held.get(worker)?.size ? [[index, worker]] : [],
    )
  }

  private broadcast(message: ToWorker): void {
    for (const worker of this.workers) worker?.send(message)
  }

  private shared(snapshot: Snapshot): Shared {
    return { snapshot, for: this.sharing.share(snapshot), prepared: new Set() }
  }
}

/** One process in one of the places. */
class Turn {
  private readonly startedAt = performance.now()

  constructor(readonly worker: WorkerProcess) {}

  get ageMs(): number {
    return performance.now() - this.startedAt
  }
}

interface Shared {
  readonly snapshot: Snapshot
  readonly for: Shareable
  readonly prepared: Set<WorkerProcess>
}

const toError = ({ because, reason }: Refusal): Error => {
  if (because === 'configuration') return ConfigError.of('workers', reason)
  return because === 'plugin' ? new NotReadyError(reason) : new Error(reason)
}

const startMs = 30_000
const patienceMs = 10_000
const askMs = 1000
