import type { CallOutcome, Meter, MeteredRoute } from './meter.js'

/** Upper bounds in seconds. */
export const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const

/** What a histogram of prom-client holds, at a tenth of its cost: every request passes here twice. */
export class Distribution {
  /** How many were in each interval; the last one has no upper bound. */
  readonly counts = new Float64Array(bounds.length + 1)
  sum = 0

  observe(seconds: number): void {
    let index = 0
    while (index < bounds.length && seconds > bounds[index]!) index++
    this.counts[index]!++
    this.sum += seconds
  }
}

export interface RequestCount {
  readonly route: MeteredRoute
  readonly method: string
  readonly status: number
  readonly count: number
}

/** The meter of one connection: numbers in memory, read when somebody asks for the metrics. */
export class MeterCells implements Meter {
  readonly callDurations = new Distribution()
  readonly calls = new Map<CallOutcome, number>()
  private readonly requests = new Map<MeteredRoute, RouteCells>()

  request(route: MeteredRoute, method: string, status: number, ms: number): void {
    const { counts, durations } = this.requests.get(route) ?? this.addRoute(route)
    const key = (methodIndex.get(method) ?? 0) * statuses + status
    counts.set(key, (counts.get(key) ?? 0) + 1)
    durations.observe(ms / 1000)
  }

  call(outcome: CallOutcome, ms: number): void {
    this.calls.set(outcome, (this.calls.get(outcome) ?? 0) + 1)
    this.callDurations.observe(ms / 1000)
  }

  get requestDurations(): [MeteredRoute, Distribution][] {
    return [...this.requests].map(([route, { durations }]) => [route, durations])
  }

  *requestCounts(): Generator<RequestCount> {
    for (const [route, { counts }] of this.requests) {
      for (const [key, count] of counts) {
        yield { route, method: methods[Math.floor(key / statuses)]!, status: key % statuses, count }
      }
    }
  }

  private addRoute(route: MeteredRoute): RouteCells {
    const cells = { counts: new Map(), durations: new Distribution() }
    this.requests.set(route, cells)
    return cells
  }
}

interface RouteCells {
  /** By method and status in one number. */
  readonly counts: Map<number, number>
  readonly durations: Distribution
}

const methods = ['other', 'GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS', 'QUERY']
const methodIndex = new Map(methods.map((method, index) => [method, index]))
const statuses = 1000
