import type { ServerState } from './admin/describe-status.js'
import type { AdminListener } from './admin/listen-admin.js'
import type { LoadedConfig } from './config/load-config.js'
import type { Front, FrontOptions } from './front.js'
import { type Follower, openGateway } from './gateway.js'
import { listen } from './http/listener.js'
import { openHandler } from './http/open-handler.js'
import type { Observe } from './observe/observation.js'
import type { ReloadOutcome } from './reload/reload-outcome.js'

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
  const { workers } = initial.config
  const openFront = workers === 1 ? ownFront : (await import('./workers/worker-front.js')).workerFront
  const front = openFront({ workers, observe, metrics })
  let adminListener: AdminListener | undefined
  let stopping: Promise<void> | undefined
  let lastReload: ServerState['lastReload']
  const gateway = await openGateway({
    initial,
    load: options.load,
    observe,
    meters: metrics?.meters,
    ...front.forGateway,
  })
  const reload = async (): Promise<ReloadOutcome> => {
    const outcome = await gateway.reload()
    lastReload = { ...outcome, at: new Date().toISOString() }
    return outcome
  }
  let address: string | undefined
  try {
    // First, so that nobody is served by a server that is about to end.
    if (admin !== undefined && metrics !== undefined) {
      const { openAdmin } = await import('./admin/open-admin.js')
      const state = (): ServerState => ({ address, stopping: stopping !== undefined, lastReload })
      adminListener = await openAdmin({
        config: admin,
        gateway,
        metrics,
        workers: front.workers,
        state,
        reload,
        observe,
      })
      observe({ kind: 'listening', address: adminListener.address, to: 'operators' })
    }
    address = await front.open(gateway)
    observe({ kind: 'listening', address, to: 'data' })
  } catch (error) {
    await front.close(0)
    await adminListener?.close()
    await gateway.close()
    throw error
  }

  const stop = async (reason: string): Promise<void> => {
    observe({ kind: 'stopping', signal: reason })
    gateway.refuseReloads()
    await front.close(gateway.current().config.server.drainTimeoutMs)
    await gateway.close()
    await adminListener?.close()
    observe({ kind: 'stopped' })
  }
  return {
    address,
    adminAddress: adminListener?.address,
    reload,
    stop: (reason) => {
      stopping ??= stop(reason)
      return stopping
    },
  }
}

const ownFront = ({ observe, metrics }: FrontOptions): Front => {
  let listener: Awaited<ReturnType<typeof listen>> | undefined
  const follower: Follower = { prepare: ({ config }) => listener?.reload(config) }
  return {
    forGateway: { follower },
    workers: undefined,
    open: async (gateway) => {
      listener = await listen(gateway.current().config, await openHandler(gateway, observe, metrics?.meters))
      return listener.address
    },
    close: async (drainMs) => listener?.close(drainMs),
  }
}

const both =
  (first: Observe, second: Observe): Observe =>
  (observation) => {
    first(observation)
    second(observation)
  }
