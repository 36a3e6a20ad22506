import type { LoadedConfig } from './config/load-config.js'
import { openGateway } from './gateway.js'
import { type Listener, listen } from './http/listener.js'
import type { Observe } from './observe/observation.js'
import { watchRequest } from './observe/watch-request.js'

/** The standalone server: a gateway and the socket it is reached by. */
export interface Server {
  readonly address: string
  reload(): Promise<void>
  /** Stops accepting, finishes what is in flight, stops the plugins. @param reason for the log, e.g. SIGTERM */
  stop(reason: string): Promise<void>
}

export interface ServerOptions {
  /** Reads the configuration; called at the start and for each reload. */
  readonly load: () => Promise<LoadedConfig>
  readonly observe: Observe
}

/** Throws ConfigError, or the error of a socket that cannot be bound. */
export const startServer = async ({ load, observe }: ServerOptions): Promise<Server> => {
  let listener: Listener | undefined
  const gateway = await openGateway({
    load,
    observe,
    beforeSwap: ({ config }) => listener?.reload(config),
  })
  try {
    // Loaded while the plugins start.
    const { createApp } = await import('./http/app.js')
    const app = createApp(observe)
    const { config } = gateway.current()
    listener = await listen(config, (request, response) => {
      if (gateway.current().config.accessLog) watchRequest(request, response, gateway.current().config, observe)
      // Express costs a data request several times what it does for it, so it sees only the other paths.
      gateway.handler(request, response, () => app(request, response))
    })
  } catch (error) {
    await gateway.close()
    throw error
  }
  observe({ kind: 'listening', address: listener.address })

  let stopping: Promise<void> | undefined
  const stop = async (open: Listener, reason: string): Promise<void> => {
    observe({ kind: 'stopping', signal: reason })
    await open.close(gateway.current().config.server.drainTimeoutMs)
    await gateway.close()
    observe({ kind: 'stopped' })
  }
  const { address } = listener
  return {
    address,
    reload: gateway.reload,
    stop: (reason) => {
      stopping ??= stop(listener, reason)
      return stopping
    },
  }
}
