import { type LinkedConnection, linkConnection } from '@easyrest/host'
import type { ConnectionConfig } from '../config/config.js'
import { createDataHandler } from '../http/data-handler.js'
import { certificate, type Listener, listen } from '../http/listener.js'
import { openHandler } from '../http/open-handler.js'
import { keepKv } from '../kv/start/keep-kv.js'
import { createMetrics, type Metrics } from '../observe/metrics.js'
import type { Observe } from '../observe/observation.js'
import { failedReload, NotReadyError } from '../reload/reload-outcome.js'
import { closeAll, Retirement } from '../reload/retirement.js'
import type { Connect } from '../snapshot/connect.js'
import { connectionSettings } from '../snapshot/connection-settings.js'
import { openSnapshot } from '../snapshot/open-snapshot.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { divideLimits } from './divide-limits.js'
import type { SharedSnapshot, ToMain, ToWorker, WorkerLoad } from './messages.js'

/**
 * Serves HTTP from the snapshots that the main process sends, with connections of its own to the plugin processes of
 * the main process. Decides nothing: it follows.
 */
export class Worker {
  private current: Snapshot | undefined
  private prepared: OpenedHere | undefined
  private listener: Listener | undefined
  private metrics: Metrics | undefined
  private stopping = false
  /** By the ids of the main process: those of the snapshots that are in force, prepared or held. */
  private readonly links = new Map<number, LinkedConnection>()
  private readonly retirement = new Retirement()

  private readonly observeAndCount: Observe = (observation) => {
    this.metrics?.observe(observation)
    this.observe(observation)
  }

  /** @param end is called when everything is over */
  constructor(
    private readonly observe: Observe,
    private readonly send: (message: ToMain) => void,
    private readonly end: () => void,
  ) {}

  async receive(message: ToWorker): Promise<void> {
    switch (message.kind) {
      case 'prepare':
        return this.prepare(message.snapshot, message.mustReach)
      case 'swap':
        return this.swap(message.generation)
      case 'abandon':
        return this.abandon(message.generation)
      case 'reports':
        return this.links.get(message.connection)?.update(message.reports)
      case 'ask':
        return this.send({ kind: 'answer', id: message.id, answer: await this.answer(message.what) })
      case 'stop':
        return this.stop(message.drainMs)
    }
  }

  /** Stops accepting, finishes what is in flight, ends. */
  async stop(drainMs = this.drainTimeoutMs): Promise<void> {
    if (this.stopping) return
    this.stopping = true
    await this.listener?.close(drainMs)
    await closeAll(this.links.values())
    this.end()
  }

  private async prepare(shared: SharedSnapshot, mustReach: boolean): Promise<void> {
    const { generation } = shared
    // Only one of them can come into force.
    if (this.prepared !== undefined) void this.abandon(this.prepared.snapshot.generation)
    try {
      this.prepared = this.open(shared)
      if (mustReach) await reached(this.prepared.started)
      this.send({ kind: 'prepared', generation })
    } catch (error) {
      const outcome = failedReload(error as Error)
      if (!outcome.reloaded) this.send({ ...outcome, kind: 'refused', generation })
    }
  }

  // Without a pause: what is reported meanwhile would be missed.
  private open(shared: SharedSnapshot): OpenedHere {
    const { config, generation } = shared
    if (config.http.tls !== undefined) certificate(config.http.tls)
    if (config.admin !== undefined) this.metrics ??= createMetrics()
    const connect: Connect = (key, connection) => {
      const { id } = shared.connections.get(key)!
      return { connection: this.links.get(id) ?? this.link(id, connection, shared), programFile: undefined }
    }
    const { current: previous, metrics } = this
    const opened = openSnapshot(config, connect, {
      previous,
      generation,
      meters: metrics?.meters,
      observe: this.observeAndCount,
    })
    return { ...opened, started: opened.started as readonly LinkedConnection[] }
  }

  private link(id: number, connection: ConnectionConfig, shared: SharedSnapshot): LinkedConnection {
    const { config, worker, environment, connections } = shared
    const settings = connectionSettings(connection, config)
    const limits = divideLimits(settings.limits, worker.index, worker.count)
    const reports = connections.get(connection.name.toLowerCase())!.reports
    const complain = (complaint: ToMainComplaint) => this.send({ kind: 'complaint', connection: id, complaint })
    const linked = linkConnection({ ...settings, limits }, reports, { complain, environment })
    this.links.set(id, linked)
    return linked
  }

  private async swap(generation: number): Promise<void> {
    const { prepared, current: previous } = this
    if (prepared?.snapshot.generation !== generation) return
    this.prepared = undefined
    this.current = prepared.snapshot
    if (previous === undefined) return this.listen(prepared.snapshot)
    this.listener?.reload(prepared.snapshot.config)
    await this.retire(previous)
    this.send({ kind: 'drained', generation: previous.generation })
  }

  private async listen({ config }: Snapshot): Promise<void> {
    const observe = this.observeAndCount
    const current = () => this.current!
    keepKv(() => this.current?.kv, this.observe)
    this.metrics?.watch(() => ({ ...this.load(), connections: this.readings() }))
    try {
      const handler = createDataHandler(current, observe)
      this.listener = await listen(config, await openHandler({ handler, current }, observe, this.metrics?.meters))
      // A swap may have come meanwhile.
      this.listener.reload(this.current!.config)
      this.send({ kind: 'serving', address: this.listener.address })
    } catch (error) {
      this.send({ kind: 'failed', reason: (error as Error).message })
    }
  }

  private async retire(previous: Snapshot): Promise<void> {
    await this.retirement.retire(
      previous,
      () => this.current!,
      this.drainTimeoutMs,
      (inFlight) => this.observe({ kind: 'drain-timeout', inFlight }),
    )
    this.forgetClosed()
  }

  private async abandon(generation: number): Promise<void> {
    if (this.prepared?.snapshot.generation !== generation) return
    const started = new Set(this.prepared.started)
    this.prepared = undefined
    for (const [id, link] of this.links) if (started.has(link)) this.links.delete(id)
    await closeAll(started)
  }

  private forgetClosed(): void {
    for (const [id, { status }] of this.links) if (status.state === 'closed') this.links.delete(id)
  }

  private async answer(what: 'load' | 'metrics'): Promise<unknown> {
    return what === 'load' ? this.load() : ((await this.metrics?.values()) ?? [])
  }

  private load(): WorkerLoad {
    const { current, retirement } = this
    const connections = [...(current?.connections ?? [])].map(([key, { connection }]) => {
      const { inFlight, waiting } = connection.status
      return [key, { inFlight, waiting }] as const
    })
    return {
      generation: current?.generation ?? 0,
      requestsInFlight: (current?.inFlight.size ?? 0) + retirement.requestsInFlight,
      connections: new Map(connections),
    }
  }

  private readings() {
    return [...(this.current?.connections.values() ?? [])].map(({ connection }) => {
      const { name, status } = connection
      return { ...status, name, ready: status.state === 'ready' }
    })
  }

  private get drainTimeoutMs(): number {
    return this.current?.config.server.drainTimeoutMs ?? 0
  }
}

interface OpenedHere {
  readonly snapshot: Snapshot
  readonly started: readonly LinkedConnection[]
}

type ToMainComplaint = Extract<ToMain, { kind: 'complaint' }>['complaint']

const reached = async (started: readonly LinkedConnection[]): Promise<void> => {
  try {
    await Promise.all(started.map((connection) => connection.ready()))
  } catch (error) {
    throw new NotReadyError((error as Error).message, { cause: error })
  }
}
