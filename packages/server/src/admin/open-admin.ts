import type { AdminConfig } from '../config/config.js'
import type { Gateway } from '../gateway.js'
import type { Metrics, MetricValues } from '../observe/metrics.js'
import type { Observe } from '../observe/observation.js'
import type { ReloadOutcome } from '../reload/reload-outcome.js'
import { createAdminApp } from './app.js'
import { describeStatus, type ServerState, type WorkerReport } from './describe-status.js'
import { type AdminListener, listenAdmin } from './listen-admin.js'

export interface AdminOptions {
  readonly config: AdminConfig
  readonly gateway: Gateway
  readonly metrics: Metrics
  /** The other processes that serve data; undefined: there are none. */
  readonly workers: WorkerAnswers | undefined
  readonly state: () => ServerState
  readonly reload: () => Promise<ReloadOutcome>
  readonly observe: Observe
}

export interface WorkerAnswers {
  status(): Promise<readonly WorkerReport[]>
  metrics(): Promise<readonly MetricValues[]>
}

/** Throws Error when the address cannot be had. */
export const openAdmin = ({
  config,
  gateway,
  metrics,
  workers,
  state,
  reload,
  observe,
}: AdminOptions): Promise<AdminListener> => {
  const status = async () => describeStatus(gateway, state(), await workers?.status())
  metrics.watch(() => {
    const { generation, connections } = describeStatus(gateway, state())
    // What is in flight in the workers, they count themselves.
    const requestsInFlight = workers === undefined ? gateway.requestsInFlight() : 0
    const readings = connections.map(({ state, ...rest }) => ({ ...rest, ready: state === 'ready' }))
    return { generation, requestsInFlight, connections: readings }
  })
  const { contentType } = metrics
  const text = async () => metrics.text(await workers?.metrics())
  return listenAdmin(config.listen, createAdminApp({ config, contentType, metrics: text, status, reload, observe }))
}
