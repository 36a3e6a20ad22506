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
import { Dispatcher } from './dispatcher.js'
import type { Instance } from './instance.js'
import type { Complaint, InstanceReport } from './instance-report.js'
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

/** A connection whose plugin processes belong to this process; others may be told how to reach them. */
export interface OwnConnection extends ManagedConnection {
  /** In the order of the instances. */
  reports(): readonly InstanceReport[]
  /** @param watcher told after each change of the reports */
  watch(watcher: () => void): void
  /** A process that another process found to be of no use is replaced, unless that has happened already. */
  complain(complaint: Complaint): void
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
  /** The calls come from other processes, which connect to the plugins themselves. */
  readonly callsFromElsewhere?: boolean | undefined
}

/** Opens a connection: its plugin is started in the background at once and kept running until `close`. Never throws. */
export const openConnection = (settings: ConnectionSettings, dependencies: ConnectionDependencies): OwnConnection => {
  void cleanOnce(settings.name, dependencies.log)
  return new SupervisedConnection(settings, dependencies)
}

let cleaned = false

// By the first connection of this process, beside its start: what is left of others is in nobody's way.
const cleanOnce = async (connection: string, log: Observer): Promise<void> => {
  if (cleaned) return
  cleaned = true
  const { processes, directories } = await cleanLeftovers()
  if (processes + directories > 0) log({ kind: 'leftovers-removed', connection, processes, directories })
}

/** What connections have in common, wherever their processes belong. */
export class PluginConnection implements ManagedConnection {
  readonly name: string
  readonly db: DbClient
  readonly cache: CacheClient
  protected readonly dispatcher: Dispatcher
  private readonly slots: CallSlots
  private readonly streamSlots: CallSlots
  private closed: Promise<void> | undefined

  constructor(
    readonly settings: ConnectionSettings,
    environment: StartDependencies['environment'],
    openInstance: (index: number, onChange: () => void) => Instance,
  ) {
    const { name, limits } = settings
    this.name = name
    this.dispatcher = new Dispatcher(settings, openInstance)
    this.slots = new CallSlots(name, limits)
    // Streams have slots of their own: their readers may be slow, and must not hold up short calls.
    this.streamSlots = new CallSlots(name, limits)
    const calls = new SupervisedCaller(this.dispatcher, limits.waitMs, maskSecrets(settings, environment))
    const port = new CallPort(new CallQueue(calls, this.slots), calls, this.streamSlots, this.dispatcher, limits)
    this.db = createDbClient(port)
    this.cache = createCacheClient(port)
  }

  get info(): PluginInfo | undefined {
    return this.dispatcher.info
  }

  get status(): ConnectionStatus {
    const [inFlight, waiting] = [
      this.slots.inUse + this.streamSlots.inUse,
      this.slots.waiting + this.streamSlots.waiting,
    ]
    const instances = this.dispatcher.instances.map(({ status }) => status)
    return { ...this.dispatcher.status, inFlight, waiting, instances }
  }

  get isFull(): boolean {
    return this.slots.isFull
  }

  can(capability: Capability): boolean {
    return this.info?.capabilities.includes(capability) ?? false
  }

  ready(): Promise<void> {
    return this.dispatcher.ready()
  }

  waitReady(timeoutMs: number): Promise<void> {
    return this.dispatcher.waitReady(timeoutMs)
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
    await this.dispatcher.stop()
  }
}

class SupervisedConnection extends PluginConnection implements OwnConnection {
  private readonly supervisors: readonly Supervisor[]

  constructor(settings: ConnectionSettings, dependencies: ConnectionDependencies) {
    const supervisors: Supervisor[] = []
    const complete = withDefaults(dependencies)
    super(settings, complete.environment, (_index, onChange) => {
      const supervisor = new Supervisor(settings, complete, onChange)
      supervisors.push(supervisor)
      return supervisor
    })
    this.supervisors = supervisors
  }

  reports(): readonly InstanceReport[] {
    return this.supervisors.map(({ report }) => report)
  }

  watch(watcher: () => void): void {
    this.dispatcher.watch(watcher)
  }

  complain({ instance, serial, reason }: Complaint): void {
    void this.supervisors[instance]?.replaceStart(serial, reason)
  }
}

const withDefaults = (dependencies: ConnectionDependencies): StartDependencies => {
  const environment = dependencies.environment ?? process.env
  const pathVariable = dependencies.pathVariable ?? environment.PATH ?? ''
  const { besideDirs, hostVersion, log, maxMessageBytes, callsFromElsewhere } = dependencies
  return { besideDirs, hostVersion, log, maxMessageBytes, callsFromElsewhere, environment, pathVariable }
}
