import type { ServerState } from './admin/describe-status.js'
import type { AdminListener } from './admin/listen-admin.js'
import type { LoadedConfig } from './config/load-config.js'
import { openGateway } from './gateway.js'
import { type Listener, listen } from './http/listener.js'
import type { Observe } from './observe/observation.js'
import { openHandler } from './open-handler.js'
import type { ReloadOutcome } from './reload-outcome.js'

/** The standalone server: a gateway, the socket it is reached by, and the one for its operator. */
export interface Server {
  readonly address: string
  /** undefined: the configuration names none. */
  readonly adminAddress: string | undefined
  reload(): Promise<ReloadOutcome>
  /** Stops accepting, finishes what is in flight, stops the plugins. @param reason for the log, e.g. SIGTERM */
  stop(reason: string): Promise<void>
}

export interface ServerOptions {
  /** Reads the configuration; called at the start and for each reload. */
  readonly load: () => Promise<LoadedConfig>
  readonly observe: Observe
}

/** Throws ConfigError, or the error of a socket that cannot be bound. */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const initial = await options.load()
  const { admin } = initial.config
  // Nobody could read what is counted without the listener for operators.
  const metrics = admin === undefined ? undefined : (await import('./observe/metrics.js')).createMetrics()
  const observe = metrics === undefined ? options.observe : both(options.observe, metrics.observe)
  let listener: Listener | undefined
  let adminListener: AdminListener | undefined
  let stopping: Promise<void> | undefined
  let lastReload: ServerState['lastReload']
  const gateway = await openGateway({
    initial,
    load: options.load,
    observe,
    meters: metrics?.meters,
    beforeSwap: ({ config }) => listener?.reload(config),
  })
  const reload = async (): Promise<ReloadOutcome> => {
    const outcome = await gateway.reload()
    lastReload = { ...outcome, at: new Date().toISOString() }
    return outcome
  }
  try {
    listener = await listen(initial.config, await openHandler(gateway, observe, metrics?.meters))
    const { address } = listener
    observe({ kind: 'listening', address, to: 'data' })
    if (admin !== undefined && metrics !== undefined) {
      const { openAdmin } = await import('./open-admin.js')
      const state = (): ServerState => ({ address, stopping: stopping !== undefined, lastReload })
      adminListener = await openAdmin({ config: admin, gateway, metrics, state, reload, observe })
      observe({ kind: 'listening', address: adminListener.address, to: 'operators' })
    }
  } catch (error) {
    await listener?.close(0)
    await gateway.close()
    throw error
  }

  const stop = async (open: Listener, reason: string): Promise<void> => {
    observe({ kind: 'stopping', signal: reason })
    gateway.refuseReloads()
    await open.close(gateway.current().config.server.drainTimeoutMs)
    await gateway.close()
    await adminListener?.close()
    observe({ kind: 'stopped' })
  }
  return {
    address: listener.address,
    adminAddress: adminListener?.address,
    reload,
    stop: (reason) => {
      stopping ??= stop(listener, reason)
      return stopping
    },
  }
}

const both =
  (first: Observe, second: Observe): Observe =>
  (observation) => {
    first(observation)
    second(observation)
  }
