import {
  type ConnectionDependencies,
  type ConnectionSettings,
  type ManagedConnection,
  openConnection,
} from '@easyrest/host'
import { ConfigError } from './config/config-error.js'
import { diffConfigs, restartNeeded } from './config/diff-configs.js'
import type { LoadedConfig } from './config/load-config.js'
import { loadSettled } from './config/load-settled.js'
import { refuseCutFile } from './config/refuse-cut-file.js'
import { hostDependencies } from './host-dependencies.js'
import { createDataHandler, type DataHandler } from './http/data-handler.js'
import { keepKv } from './kv/start/keep-kv.js'
import type { Meters } from './observe/meter.js'
import type { Observe } from './observe/observation.js'
import { coalesce } from './reload/coalesce.js'
import { findProgramFiles } from './reload/program-files.js'
import { failedReload, NotReadyError, type ReloadOutcome, stoppingOutcome } from './reload/reload-outcome.js'
import { closeAll, connectionsOf, Retirement } from './reload/retirement.js'
import { keepOrOpen } from './snapshot/connect.js'
import { openSnapshot } from './snapshot/open-snapshot.js'
import type { Snapshot } from './snapshot/snapshot.js'

/** The data API without a socket: connections, the snapshot in force, and the handler that serves from it. */
export interface Gateway {
  readonly handler: DataHandler
  current(): Snapshot
  /** Those that hold an older snapshot included. */
  requestsInFlight(): number
  /** Keys whose change takes effect at the next start. */
  restartNeeded(): readonly string[]
  /**
   * Puts the configuration in force when it can be read and its new connections are healthy, else changes nothing.
   * Calls that come while one runs share the next. Never rejects.
   */
  reload(): Promise<ReloadOutcome>
  /** From now on the configuration stays as it is: the server is stopping. */
  refuseReloads(): void
  /** Stops the plugins; requests should have ended before. */
  close(): Promise<void>
}

export interface GatewayOptions {
  readonly initial: LoadedConfig
  /** Reads the configuration again, for each reload. */
  readonly load: () => Promise<LoadedConfig>
  readonly observe: Observe
  readonly meters?: Meters | undefined
  readonly follower?: Follower
  /** Opens a connection; otherwise its calls are made in this process. */
  readonly open?: (settings: ConnectionSettings, host: ConnectionDependencies) => ManagedConnection
}

/** Serves from the snapshot in force: the listener, or the workers. */
export interface Follower {
  /** What must succeed before the snapshot is in force; otherwise nothing has changed. */
  prepare(next: Snapshot): void | Promise<void>
  /** It is in force. */
  swap?(next: Snapshot): void
  /** It will not be in force. */
  abandon?(next: Snapshot): void
  /** How much longer than the drain it may take to tell that it is over, in ms. */
  readonly drainMarginMs?: number
}

/** Throws ConfigError when a key cannot be used. Plugins start in the background. */
export const openGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { initial, load, observe, meters, follower, open: openOne = openConnection } = options
  const host = hostDependencies((observation) => {
    if (observation.kind === 'plugin-log' && !current.config.pluginLog) return
    observe({ kind: 'host', observation })
  })
  const open = async ({ config }: LoadedConfig, previous?: Snapshot) => {
    const programFiles = await findProgramFiles(config, host)
    const connect = keepOrOpen(config, programFiles, (settings) => openOne(settings, host))
    return openSnapshot(config, connect, { previous, meters, observe })
  }

  let inForce = initial
  warn(initial, observe)
  // A request that comes before a plugin is ready waits a little; a connection that fails answers 503 and heals.
  let current = (await open(initial)).snapshot
  // Who serves elsewhere looks after it there.
  const stopKeeping = options.open === undefined ? keepKv(() => current.kv, observe) : () => {}
  let closed = false
  let starting: readonly ManagedConnection[] = []
  const retirement = new Retirement()

  const refuseIfClosed = (): void => {
    if (closed) throw new Error(stoppingOutcome.reason)
  }

  const replace = async (): Promise<ReloadOutcome> => {
    const next = await loadSettled(load)
    warn(next, observe)
    refuseCutFile(inForce, next)
    const { snapshot, started } = await open(next, current)
    starting = started
    try {
      refuseIfClosed()
      await Promise.all([allReady(started), keysReady(snapshot)])
      refuseIfClosed()
      await follower?.prepare(snapshot)
      refuseIfClosed()
    } catch (error) {
      follower?.abandon?.(snapshot)
      await closeAll(started)
      throw error
    } finally {
      starting = []
    }
    const previous = current
    current = snapshot
    inForce = next
    follower?.swap?.(snapshot)
    const { generation, config } = snapshot
    const changes = [...diffConfigs(previous.config, config), ...changedPrograms(previous, snapshot), ...restart()]
    observe({ kind: 'reloaded', generation, changes })
    void retirement.retire(
      previous,
      () => current,
      config.server.drainTimeoutMs + (follower?.drainMarginMs ?? 0),
      (inFlight) => observe({ kind: 'drain-timeout', inFlight }),
    )
    return { reloaded: true, generation, changes }
  }

  const reload = async (): Promise<ReloadOutcome> => {
    if (!closed) {
      try {
        return await replace()
      } catch (error) {
        if (!closed) observe({ kind: 'reload-failed', reason: (error as Error).message })
        if (!closed) return failedReload(error as Error)
      }
    }
    observe({ kind: 'reload-ignored', reason: stoppingOutcome.reason })
    return stoppingOutcome
  }

  const restart = (): string[] => {
    const keys = restartNeeded(initial.config, current.config)
    return keys.length === 0 ? [] : [`restart needed for: ${keys.join(', ')}`]
  }

  return {
    handler: createDataHandler(() => current, observe),
    current: () => current,
    requestsInFlight: () => current.inFlight.size + retirement.requestsInFlight,
    restartNeeded: () => restartNeeded(initial.config, current.config),
    reload: coalesce(reload),
    refuseReloads: () => {
      closed = true
    },
    close: () => {
      closed = true
      stopKeeping()
      return closeAll([...connectionsOf(current), ...starting, ...retirement.connections])
    },
  }
}

const warn = ({ warnings }: LoadedConfig, observe: Observe): void => {
  for (const warning of warnings) observe({ kind: 'config-warning', warning })
}

const allReady = async (started: readonly ManagedConnection[]): Promise<void> => {
  try {
    await Promise.all(started.map((connection) => connection.ready()))
  } catch (error) {
    throw new NotReadyError((error as Error).message, { cause: error })
  }
}

const keysReady = async ({ authenticator }: Snapshot): Promise<void> => {
  try {
    await authenticator.ready()
  } catch (error) {
    throw ConfigError.of('auth_plugins.jwt.settings.jwks_url', (error as Error).message)
  }
}

const changedPrograms = (previous: Snapshot, next: Snapshot): string[] =>
  [...next.connections].flatMap(([key, { connection, programFile }]) => {
    const before = previous.connections.get(key)
    const isOther = before !== undefined && before.programFile !== programFile
    return isOther && before.connection.settings.path === connection.settings.path
      ? [`connection ${connection.name}: another program file`]
      : []
  })
