import { createAdminApp } from './admin/app.js'
import { describeStatus, type ServerState } from './admin/describe-status.js'
import { type AdminListener, listenAdmin } from './admin/listen-admin.js'
import type { AdminConfig } from './config/config.js'
import type { Gateway } from './gateway.js'
import type { Metrics } from './observe/metrics.js'
import type { Observe } from './observe/observation.js'
import type { ReloadOutcome } from './reload-outcome.js'

export interface AdminOptions {
  readonly config: AdminConfig
  readonly gateway: Gateway
  readonly metrics: Metrics
  readonly state: () => ServerState
  readonly reload: () => Promise<ReloadOutcome>
  readonly observe: Observe
}

/** Throws Error when the address cannot be had. */
export const openAdmin = ({
  config,
  gateway,
  metrics,
  state,
  reload,
  observe,
}: AdminOptions): Promise<AdminListener> => {
  const status = () => describeStatus(gateway, state())
  metrics.watch(() => {
    const { generation, requestsInFlight, connections } = status()
    const readings = connections.map(({ state, ...rest }) => ({ ...rest, ready: state === 'ready' }))
    return { generation, requestsInFlight, connections: readings }
  })
  return listenAdmin(config.listen, createAdminApp({ config, metrics, status, reload, observe }))
}
