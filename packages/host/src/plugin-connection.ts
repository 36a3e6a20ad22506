import { setTimeout as delay } from 'node:timers/promises'
import type { Capability, PluginInfo } from '@easyrest/protocol'
import { createCacheClient } from './cache-client.js'
import { CallError } from './call-error.js'
import { CallPort } from './call-port.js'
import { CallQueue } from './call-queue.js'
import { CallSlots } from './call-slots.js'
import { cleanLeftovers } from './clean-leftovers.js'
import type { CacheClient, Connection, ConnectionSettings, ConnectionStatus, DbClient } from './connection.js'
import { createDbClient } from './db-client.js'
import type { StartDependencies } from './launch-plugin.js'
import { maskSecrets } from './mask-secrets.js'
import type { Observer } from './observation.js'
import { SupervisedCaller } from './supervised-caller.js'
import { Supervisor } from './supervisor.js'

/** A Connection as the one who opened it sees it. */
export interface ManagedConnection extends Connection {
  readonly settings: ConnectionSettings
  /** Resolves when a process is ready for the first time; rejects when the first start fails. */
  ready(): Promise<void>
  /** Resolves when a process is ready, after failed starts too; rejects with the last failure when the time is over. */
  waitReady(timeoutMs: number): Promise<void>
}

export interface ConnectionDependencies {
  /** The directories "beside the server", searched before PATH. */
  readonly besideDirs: readonly string[]
  readonly hostVersion: string
  readonly log: Observer
  /** Where PATH, HOME, LANG, TZ and the variables of `envPass` come from; the server's own environment unless given. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /** PATH for finding programs and for the plugins; that of `environment` unless given. */
  readonly pathVariable?: string | undefined
  /** The largest message in either direction; 64 MiB unless given. */
  readonly maxMessageBytes?: number | undefined
}

/** Opens a connection: its plugin is started in the background at once and kept running until `close`. Never throws. */
export const openConnection = (
  settings: ConnectionSettings,
  dependencies: ConnectionDependencies,
): ManagedConnection => {
  void cleanOnce(settings.name, dependencies.log)
  return new PluginConnection(settings, dependencies)
}

let cleaned = false

// By the first connection of this process, beside its start: what is left of others is in nobody's way.
const cleanOnce = async (connection: string, log: Observer): Promise<void> => {
  if (cleaned) return
  cleaned = true
  const { processes, directories } = await cleanLeftovers()
  if (processes + directories > 0) log({ kind: 'leftovers-removed', connection, processes, directories })
}

class PluginConnection implements ManagedConnection {
  readonly name: string
  readonly db: DbClient
  readonly cache: CacheClient
  private readonly supervisor: Supervisor
  private readonly slots: CallSlots
  private readonly streamSlots: CallSlots
  private closed: Promise<void> | undefined

  constructor(
    readonly settings: ConnectionSettings,
    dependencies: ConnectionDependencies,
  ) {
    const { name, limits } = settings
    this.name = name
    this.supervisor = new Supervisor(settings, withDefaults(dependencies))
    this.slots = new CallSlots(name, limits)
    // Streams have slots of their own: their readers may be slow, and must not hold up short calls.
    this.streamSlots = new CallSlots(name, limits)
    const calls = new SupervisedCaller(this.supervisor, limits.waitMs, maskSecrets(settings.uri))
    const port = new CallPort(new CallQueue(calls, this.slots), calls, this.streamSlots, this.supervisor, limits)
    this.db = createDbClient(port)
    this.cache = createCacheClient(port)
  }

  get info(): PluginInfo | undefined {
    return this.supervisor.info
  }

  get status(): ConnectionStatus {
    const [inFlight, waiting] = [
      this.slots.inUse + this.streamSlots.inUse,
      this.slots.waiting + this.streamSlots.waiting,
    ]
    return { ...this.supervisor.status, inFlight, waiting }
  }

  can(capability: Capability): boolean {
    return this.info?.capabilities.includes(capability) ?? false
  }

  ready(): Promise<void> {
    return this.supervisor.ready()
  }

  waitReady(timeoutMs: number): Promise<void> {
    return this.supervisor.waitReady(timeoutMs)
  }

  close(drainMs: number): Promise<void> {
    this.closed ??= this.drainAndStop(drainMs)
    return this.closed
  }

  private async drainAndStop(drainMs: number): Promise<void> {
    const refusal = new CallError('unavailable', `connection ${this.name} is closed`)
    const drained = Promise.all([this.slots.close(refusal), this.streamSlots.close(refusal)])
    const patience = new AbortController()
    await Promise.race([drained, delay(drainMs, undefined, { signal: patience.signal }).catch(() => {})])
    patience.abort()
    await this.supervisor.stop()
  }
}

const withDefaults = (dependencies: ConnectionDependencies): StartDependencies => {
  const environment = dependencies.environment ?? process.env
  const pathVariable = dependencies.pathVariable ?? environment.PATH ?? ''
  const { besideDirs, hostVersion, log, maxMessageBytes } = dependencies
  return { besideDirs, hostVersion, log, maxMessageBytes, environment, pathVariable }
}
