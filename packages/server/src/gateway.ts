import { fileURLToPath } from 'node:url'
import type { ConnectionDependencies, ManagedConnection } from '@easyrest/host'
import { diffConfigs } from './config/diff-configs.js'
import type { LoadedConfig } from './config/load-config.js'
import { createDataHandler, type DataHandler } from './http/data-handler.js'
import type { Observe } from './observe/observation.js'
import { openSnapshot } from './open-snapshot.js'
import type { Snapshot } from './snapshot.js'
import { version } from './version.js'

/** The data API without a socket: connections, the snapshot in force, and the handler that serves from it. */
export interface Gateway {
  readonly handler: DataHandler
  current(): Snapshot
  /**
   * Puts the configuration in force when it can be read and its new connections are healthy, else changes nothing.
   * Calls that come while one runs share the next. Never rejects: the outcome is observed.
   */
  reload(): Promise<void>
  /** Stops the plugins; requests should have ended before. */
  close(): Promise<void>
}

export interface GatewayOptions {
  /** Reads the configuration; called at the start and for each reload. */
  readonly load: () => Promise<LoadedConfig>
  readonly observe: Observe
  /** What else must succeed before a reloaded configuration is in force. */
  readonly beforeSwap?: (next: Snapshot) => void
}

/** Throws ConfigError, or Error when a key cannot be used. Plugins start in the background. */
export const openGateway = async ({ load, observe, beforeSwap }: GatewayOptions): Promise<Gateway> => {
  const host = hostDependencies((observation) => {
    if (observation.kind === 'plugin-log' && !current.config.pluginLog) return
    observe({ kind: 'host', observation })
  })
  // A request that comes before a plugin is ready waits a little; a connection that fails answers 503 and heals.
  let current = openSnapshot((await loadObserved(load, observe)).config, host, undefined, observe).snapshot
  let closed = false
  const retiring = new Set<Snapshot>()

  const replace = async (): Promise<void> => {
    const { config } = await loadObserved(load, observe)
    const { snapshot, started } = openSnapshot(config, host, current, observe)
    try {
      await Promise.all(started.map((connection) => connection.ready()))
      if (closed) throw new Error('the server is stopping')
      beforeSwap?.(snapshot)
    } catch (error) {
      await closeAll(started)
      throw error
    }
    const previous = current
    current = snapshot
    observe({ kind: 'reloaded', generation: snapshot.generation, changes: diffConfigs(previous.config, config) })
    void retire(previous, retiring, () => current, observe)
  }

  return {
    handler: createDataHandler(() => current, observe),
    current: () => current,
    reload: coalesced(async () => {
      if (closed) return observe({ kind: 'reload-ignored', reason: 'the server is stopping' })
      await replace().catch((error: Error) => observe({ kind: 'reload-failed', reason: error.message }))
    }),
    close: () => {
      closed = true
      return closeAll(connectionsOf(current))
    },
  }
}

const loadObserved = async (load: GatewayOptions['load'], observe: Observe): Promise<LoadedConfig> => {
  const loaded = await load()
  for (const warning of loaded.warnings) observe({ kind: 'config-warning', warning })
  return loaded
}

const hostDependencies = (log: ConnectionDependencies['log']): ConnectionDependencies => ({
  besideDirs: ['../bin', '../../.bin', '../../../node_modules/.bin'].map(relativeToPackage),
  hostVersion: version(),
  log,
})

// Beside the program, and where npm links the programs of packages that are installed with this one.
const relativeToPackage = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// The requests that hold an old snapshot end on the connections they began with, which an older one may hold as well.
const retire = async (
  old: Snapshot,
  retiring: Set<Snapshot>,
  current: () => Snapshot,
  observe: Observe,
): Promise<void> => {
  retiring.add(old)
  const idle = await old.inFlight.idle(current().config.server.drainTimeoutMs)
  retiring.delete(old)
  const needed = new Set([current(), ...retiring].flatMap(connectionsOf))
  const unused = connectionsOf(old).filter((connection) => !needed.has(connection))
  if (!idle && unused.length > 0) observe({ kind: 'drain-timeout', inFlight: old.inFlight.size })
  await closeAll(unused)
}

const connectionsOf = ({ connections }: Snapshot): ManagedConnection[] =>
  [...connections.values()].map(({ connection }) => connection)

const closeAll = async (connections: readonly ManagedConnection[]): Promise<void> => {
  await Promise.all(connections.map((connection) => connection.close(0)))
}

// However many calls come while one runs, one more run sees what they all meant.
const coalesced = (run: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const start = (): Promise<void> => {
    running = run().finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    if (running === undefined) return start()
    next ??= running.then(() => {
      next = undefined
      return start()
    })
    return next
  }
}
