import type { ConnectionStatus } from '@easyrest/host'
import { redactUri } from '@easyrest/protocol'
import type { Gateway } from '../gateway.js'
import type { ReloadOutcome } from '../reload/reload-outcome.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import { version } from '../version.js'
import type { WorkerLoad } from '../workers/messages.js'

/** What the admin listener tells of the server around the gateway. */
export interface ServerState {
  /** Where data is served; undefined: not yet. */
  readonly address: string | undefined
  readonly stopping: boolean
  readonly lastReload: (ReloadOutcome & { readonly at: string }) | undefined
}

/** The answer of /-/status, without secrets. */
export interface Status {
  readonly version: string
  readonly node: string
  readonly pid: number
  readonly startedAt: string
  readonly uptimeSeconds: number
  readonly state: 'starting' | 'running' | 'stopping'
  readonly address: ServerState['address']
  /** Counts the configurations that were in force. */
  readonly generation: number
  /** undefined: none yet. */
  readonly lastReload: ServerState['lastReload']
  /** Keys whose change waits for the next start. */
  readonly restartNeeded: readonly string[]
  readonly requestsInFlight: number
  /** The processes that serve data; empty: this one does. */
  readonly workers: readonly StatusOfWorker[]
  readonly connections: readonly StatusOfConnection[]
}

export interface StatusOfWorker {
  /** undefined: it is being started. */
  readonly pid: number | undefined
  /** silent: it serves, and did not answer in time. */
  readonly state: 'starting' | 'serving' | 'silent'
  readonly generation: number | undefined
  readonly requestsInFlight: number | undefined
}

/** What one of several workers told of itself a moment ago. */
export interface WorkerReport extends Pick<StatusOfWorker, 'pid' | 'state'> {
  readonly load: WorkerLoad | undefined
}

export interface StatusOfConnection extends ConnectionStatus {
  readonly name: string
  readonly uri: string
  readonly serves: readonly ('tables' | 'cache')[]
  /** What the plugin says of itself; undefined until it was ready for the first time. */
  readonly plugin: { readonly name: string; readonly version: string; readonly sdk: string } | undefined
  readonly capabilities: readonly string[]
}

export const describeStatus = (
  gateway: Gateway,
  { address, stopping, lastReload }: ServerState,
  workers: readonly WorkerReport[] = [],
): Status => {
  const { generation, connections } = gateway.current()
  const loads = workers.flatMap(({ load }) => load ?? [])
  return {
    version: version(),
    node: process.versions.node,
    pid: process.pid,
    startedAt: new Date(performance.timeOrigin).toISOString(),
    uptimeSeconds: Math.round(process.uptime()),
    state: stateOf(address, stopping),
    address,
    generation,
    lastReload,
    restartNeeded: gateway.restartNeeded(),
    requestsInFlight:
      workers.length === 0 ? gateway.requestsInFlight() : sum(loads.map(({ requestsInFlight }) => requestsInFlight)),
    workers: workers.map(describeWorker),
    connections: [...connections].map(([key, served]) => ({
      ...describeConnection(served),
      ...callsOf(key, served, loads),
    })),
  }
}

const stateOf = (address: string | undefined, stopping: boolean): Status['state'] => {
  if (stopping) return 'stopping'
  return address === undefined ? 'starting' : 'running'
}

const describeWorker = ({ pid, state, load }: WorkerReport): StatusOfWorker => ({
  pid,
  state,
  generation: load?.generation,
  requestsInFlight: load?.requestsInFlight,
})

// The calls of the workers are theirs; this process makes none then.
const callsOf = (key: string, { connection }: ServedConnection, loads: readonly WorkerLoad[]) => {
  const all = [connection.status, ...loads.flatMap(({ connections }) => connections.get(key) ?? [])]
  return { inFlight: sum(all.map(({ inFlight }) => inFlight)), waiting: sum(all.map(({ waiting }) => waiting)) }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, next) => total + next, 0)

const describeConnection = ({ config, connection }: ServedConnection): StatusOfConnection => {
  const { info } = connection
  return {
    name: config.name,
    uri: redactUri(config.uri),
    serves: [
      ...(config.servesTables ? (['tables'] as const) : []),
      ...(config.servesCache ? (['cache'] as const) : []),
    ],
    ...connection.status,
    plugin: info && { name: info.name, version: info.version, sdk: info.sdk },
    capabilities: info?.capabilities ?? [],
  }
}
