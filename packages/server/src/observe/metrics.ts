import {
  type Aggregator,
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  type Histogram,
  Registry,
} from 'prom-client'
import { version } from '../version.js'
import type { Meters } from './meter.js'
import { bounds, type Distribution, MeterCells } from './meter-cells.js'
import type { Observation, Observe } from './observation.js'

/** What is counted, in the words of Prometheus. docs/operating.md lists it. */
export interface Metrics {
  readonly meters: Meters
  readonly observe: Observe
  /** @param read is asked for the state of the moment at each scrape */
  watch(read: () => Readings): void
  readonly contentType: string
  /** @param others what `values` gave in other processes; added up with what was counted here */
  text(others?: readonly MetricValues[]): Promise<string>
  /** Plain data. */
  values(): Promise<MetricValues>
}

export type MetricValues = readonly object[]

export interface Readings {
  readonly requestsInFlight: number
  readonly generation: number
  readonly connections: readonly ConnectionReadings[]
}

export interface ConnectionReadings {
  readonly name: string
  readonly ready: boolean
  readonly inFlight: number
  readonly waiting: number
}

export const createMetrics = (): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counters = createCounters(registry)
  let read: () => Readings = () => ({ requestsInFlight: 0, generation: 0, connections: [] })
  createGauges(registry, () => read())
  return {
    meters: createMeters(registry, counters),
    observe: (observation) => count(counters, observation),
    watch: (next) => {
      read = next
    },
    contentType: registry.contentType,
    text: async (others = []) =>
      others.length === 0
        ? registry.metrics()
        : AggregatorRegistry.aggregate([await registry.getMetricsAsJSON(), ...others]).metrics(),
    values: () => registry.getMetricsAsJSON(),
  }
}

const createMeters = (registry: Registry, { starts, failedStarts, restarts }: Counters): Meters => {
  const cells = new Map<string, MeterCells>()
  showRequests(registry, cells)
  showCalls(registry, cells)
  return (connection) => {
    const known = cells.get(connection)
    if (known !== undefined) return known
    // A rate needs to see where a counter began.
    if (connection !== '') for (const counter of [starts, failedStarts, restarts]) counter.inc({ connection }, 0)
    const meter = new MeterCells()
    cells.set(connection, meter)
    return meter
  }
}

type Cells = ReadonlyMap<string, MeterCells>

const showRequests = (registry: Registry, cells: Cells): void => {
  new Counter({
    name: 'easyrest_http_requests_total',
    help: 'Requests that are over.',
    labelNames: ['connection', 'route', 'method', 'status'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [connection, meter] of cells) {
        for (const { count, ...labels } of meter.requestCounts()) this.inc({ connection, ...labels }, count)
      }
    },
  })
  const name = 'easyrest_http_request_duration_seconds'
  showDistributions(registry, name, 'From the arrival of a request to the end of its answer.', () =>
    [...cells].flatMap(([connection, { requestDurations }]) =>
      requestDurations.map(([route, distribution]) => ({ labels: { connection, route }, distribution })),
    ),
  )
}

const showCalls = (registry: Registry, cells: Cells): void => {
  new Counter({
    name: 'easyrest_plugin_calls_total',
    help: 'Calls of plugins by their outcome.',
    labelNames: ['connection', 'outcome'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [connection, { calls }] of cells) {
        for (const [outcome, count] of calls) this.inc({ connection, outcome }, count)
      }
    },
  })
  const help = 'From handing a call in, the wait for its turn included, to its answer or the first part of a stream.'
  showDistributions(registry, 'easyrest_plugin_call_duration_seconds', help, () =>
    [...cells]
      .filter(([connection]) => connection !== '')
      .map(([connection, { callDurations }]) => ({ labels: { connection }, distribution: callDurations })),
  )
}

interface LabelledDistribution {
  readonly labels: Readonly<Record<string, string>>
  readonly distribution: Distribution
}

/** A histogram of the library can only be observed, not filled, so this gives the registry what one would give. */
const showDistributions = (
  registry: Registry,
  name: string,
  help: string,
  read: () => readonly LabelledDistribution[],
): void => {
  const get = async () => ({
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    values: read().flatMap((labelled) => seriesOf(name, labelled)),
  })
  registry.registerMetric({ name, help, get, reset: () => {} } as unknown as Histogram)
}

const seriesOf = (name: string, { labels, distribution: { counts, sum } }: LabelledDistribution) => {
  let total = 0
  const buckets = [...counts].map((count, index) => {
    total += count
    return { metricName: `${name}_bucket`, labels: { le: bounds[index] ?? '+Inf', ...labels }, value: total }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ]
}

type Counters = ReturnType<typeof createCounters>

const createCounters = (registry: Registry) => {
  const registers = [registry]
  const counter = (name: string, help: string) => new Counter({ name, help, registers })
  const perConnection = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ['connection'], registers })
  const lastReload = new Gauge({
    name: 'easyrest_config_last_reload_success',
    help: '1 unless the last reload failed.',
    aggregator: 'min',
    registers,
  })
  lastReload.set(1)
  return {
    lastReload,
    workerRestarts: counter('easyrest_worker_restarts_total', 'Processes serving HTTP that ended by themselves.'),
    shed: counter(
      'easyrest_http_requests_shed_total',
      'Requests refused because the event loop was late, or a queue full.',
    ),
    keyFetches: counter('easyrest_key_fetches_total', 'Times the issuer was asked for its keys.'),
    failedKeyFetches: counter('easyrest_key_fetch_failures_total', 'Times that gave no keys that can be used.'),
    keysFetchedAt: new Gauge({
      name: 'easyrest_keys_fetched_timestamp_seconds',
      help: 'When the keys of the issuer were fetched last; 0: never, or there is no jwks_url.',
      aggregator: 'min',
      registers,
    }),
    reloads: counter('easyrest_config_reload_total', 'Reloads, failed ones included.'),
    failedReloads: counter('easyrest_config_reload_failed_total', 'Reloads that changed nothing because of an error.'),
    starts: perConnection('easyrest_plugin_starts_total', 'Plugin processes started.'),
    failedStarts: perConnection('easyrest_plugin_start_failures_total', 'Starts that did not lead to a ready plugin.'),
    restarts: perConnection(
      'easyrest_plugin_restarts_total',
      'Plugin processes that ended by themselves or were replaced because they did not answer.',
    ),
  }
}

const count = (counters: Counters, observation: Observation): void => {
  if (observation.kind === 'reloaded' || observation.kind === 'reload-failed') {
    const failed = observation.kind === 'reload-failed'
    counters.reloads.inc()
    if (failed) counters.failedReloads.inc()
    counters.lastReload.set(failed ? 0 : 1)
  } else if (observation.kind === 'worker-exited') {
    if (!observation.expected) counters.workerRestarts.inc()
  } else if (observation.kind === 'keys-fetched') {
    counters.keyFetches.inc()
    counters.keysFetchedAt.setToCurrentTime()
  } else if (observation.kind === 'keys-not-fetched') {
    counters.keyFetches.inc()
    counters.failedKeyFetches.inc()
  } else if (observation.kind === 'request-shed') {
    counters.shed.inc()
  } else if (observation.kind === 'host') {
    const { observation: seen } = observation
    const { connection } = seen
    if (seen.kind === 'plugin-started') counters.starts.inc({ connection })
    if (seen.kind === 'plugin-start-failed') counters.failedStarts.inc({ connection })
    if (seen.kind === 'plugin-exited' && !seen.expected) counters.restarts.inc({ connection })
  }
}

const createGauges = (registry: Registry, read: () => Readings): void => {
  const registers = [registry]
  new Gauge({
    name: 'easyrest_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node'],
    aggregator: 'first',
    registers,
  }).set({ version: version(), node: process.versions.node }, 1)
  gauge('easyrest_http_requests_in_flight', 'Requests for data under way.', ({ requestsInFlight }) => requestsInFlight)
  gauge(
    'easyrest_config_generation',
    'Counts the configurations that were in force.',
    ({ generation }) => generation,
    'max',
  )
  perConnection('easyrest_plugin_up', '1 when the plugin is ready, else 0.', ({ ready }) => (ready ? 1 : 0), 'max')
  perConnection('easyrest_plugin_calls_in_flight', 'Calls under way.', ({ inFlight }) => inFlight)
  perConnection('easyrest_plugin_calls_waiting', 'Calls that wait for their turn.', ({ waiting }) => waiting)

  /** @param aggregator makes one value of those of several processes */
  function gauge(
    name: string,
    help: string,
    value: (readings: Readings) => number,
    aggregator: Aggregator = 'sum',
  ): void {
    new Gauge({
      name,
      help,
      aggregator,
      registers,
      collect() {
        this.set(value(read()))
      },
    })
  }

  function perConnection(
    name: string,
    help: string,
    value: (readings: ConnectionReadings) => number,
    aggregator: Aggregator = 'sum',
  ): void {
    new Gauge({
      name,
      help,
      labelNames: ['connection'],
      aggregator,
      registers,
      collect() {
        // A connection that a reload removed is not shown any more.
        this.reset()
        for (const readings of read().connections) this.set({ connection: readings.name }, value(readings))
      },
    })
  }
}
