import {
  type Aggregator,
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  Registry,
} from 'prom-client'
import { version } from '../version.js'
import type { Meters } from './meter.js'
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
  const registers = [registry]
  const requests = new Counter({
    name: 'easyrest_http_requests_total',
    help: 'Requests that are over.',
    labelNames: ['connection', 'route', 'method', 'status'],
    registers,
  })
  const durations = new Histogram({
    name: 'easyrest_http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer.',
    labelNames: ['connection', 'route'],
    buckets,
    registers,
  })
  const calls = new Counter({
    name: 'easyrest_plugin_calls_total',
    help: 'Calls of plugins by their outcome.',
    labelNames: ['connection', 'outcome'],
    registers,
  })
  const callDurations = new Histogram({
    name: 'easyrest_plugin_call_duration_seconds',
    help: 'From handing a call in, the wait for its turn included, to its answer or the first part of a stream.',
    labelNames: ['connection'],
    buckets,
    registers,
  })
  return (connection) => {
    // A rate needs to see where a counter began.
    if (connection !== '') for (const counter of [starts, failedStarts, restarts]) counter.inc({ connection }, 0)
    return {
      request: (route, method, status, ms) => {
        requests.inc({ connection, route, method: methods.has(method) ? method : 'other', status })
        durations.observe({ connection, route }, ms / 1000)
      },
      call: (outcome, ms) => {
        calls.inc({ connection, outcome })
        callDurations.observe({ connection }, ms / 1000)
      },
    }
  }
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS', 'QUERY'])
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

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
