import { itemCount } from './database.mjs'
import { kvScenarios } from './kv-scenarios.mjs'
import { ask, loadFigures, timeout } from './load-figures.mjs'
import { residentBytes } from './processes.mjs'
import { row } from './rows.mjs'
import { requestHeaders } from './server-config.mjs'

/**
 * What is measured. `run` measures one slice and gives its figures by the name of the metric, or { unavailable: why }.
 * Scenarios without `shared` are run for each build; those with `database` on each plugin's.
 */
export const scenarios = () => [
  ...bareScenarios(),
  ...hopScenarios(),
  ...chainScenarios(),
  ...kvScenarios(),
  exportScenario,
  coldStart,
]

/** The metrics of each group, in the order of the report's columns. */
export const metricsOf = {
  'bare HTTP': ['perSecond', 'p50', 'p99', 'hostCpu', 'loadCpu'],
  hop: ['perSecond', 'hostCpu', 'pluginCpu'],
  'whole chain': ['perSecond', 'p50', 'p99', 'totalCpu', 'hostCpu', 'pluginCpu', 'loadCpu'],
  'key/value': ['perSecond', 'p50', 'p99', 'totalCpu', 'hostCpu', 'pluginCpu', 'loadCpu'],
  export: ['firstByte', 'total', 'hostMemory', 'pluginMemory'],
  'cold start': ['total'],
}

const bareScenarios = () =>
  ['3kb', '150b'].map((size) => ({
    name: `bare-${size}`,
    group: 'bare HTTP',
    shared: true,
    run: async ({ load, bare }, _build, seconds) => {
      const helper = bare()
      const port = await helper.ask({})
      const shape = { method: 'GET', path: `/${size}`, headers: {} }
      return loadFigures(await ask(load, { ...shape, port, connections: 32, seconds, pids: [helper.pid] }))
    },
  }))

const hopScenarios = () => [
  ...['unary', 'session'].flatMap((carrier) =>
    hopLoads().map((load) => ({
      name: `hop-${carrier}-${load.rows}row-${load.inFlight}`,
      group: 'hop',
      job: { carrier, ...load },
      run: async (_bench, build, seconds) => {
        const helper = await build.hopHost()
        return hopFigures(await helper.ask({ carrier, ...load, seconds }, timeout(seconds)))
      },
    })),
  ),
  ...hopLoads().map((load) => ({
    name: `hop-go-${load.rows}row-${load.inFlight}`,
    group: 'hop',
    run: async (_bench, build, seconds) => {
      const helper = await build.goHopHost()
      if (helper === undefined) return { unavailable: 'Go is not installed' }
      return hopFigures(await helper.ask({ carrier: 'session', ...load, seconds }, timeout(seconds)))
    },
  })),
]

const hopLoads = () => [1, 25].flatMap((rows) => [1, 32, 128].map((inFlight) => ({ rows, inFlight })))

const chainScenarios = () =>
  Object.entries(shapes()).flatMap(([shape, request]) =>
    [1, 32].flatMap((connections) =>
      ['out', 'in'].map((where) => ({
        name: `${shape}-${where}-${connections}`,
        group: 'whole chain',
        database: true,
        // With it the profiler loads a server of its own; in-process nothing is asked for that would be new there.
        job: where === 'out' ? { kind: 'load', ...request, connections } : undefined,
        run: async ({ load }, build, seconds) => {
          const { port, pids } = await (where === 'out' ? build.outOfProcess() : build.inProcess())
          return loadFigures(await ask(load, { ...request, port, pids, connections, seconds }))
        },
      })),
    ),
  )

const shapes = () => {
  const headers = requestHeaders()
  const { id: _generated, ...columns } = row(1)
  return {
    point: {
      method: 'GET',
      path: '/api/bench/items/?select=id,name,price,quantity,created,note&where.eq.id={key}',
      headers,
      keys: { from: 1, to: itemCount },
    },
    range25: { method: 'GET', path: '/api/bench/items/?where.gt.id=5000&ordering=id&limit=25', headers },
    insert: {
      method: 'POST',
      path: '/api/bench/added/',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...columns, note: 'note {key}' }),
      keys: { from: 1, to: itemCount },
    },
  }
}

const exportScenario = {
  name: 'export',
  group: 'export',
  database: true,
  run: async ({ load }, build) => {
    const server = await build.fresh()
    try {
      return await exportFigures(load, server, build.exportRows)
    } finally {
      await server.stop()
    }
  },
}

const coldStart = {
  name: 'cold-start',
  group: 'cold start',
  database: true,
  run: async (_bench, build) => {
    const server = await build.fresh()
    await server.stop()
    return { total: server.startMs }
  },
}

const exportFigures = async (load, server, expectedRows) => {
  const { port, pids } = server
  const idle = pids.map(residentBytes)
  const peak = watchPeak(pids)
  const answer = await exportTwice(load, port, expectedRows).finally(peak.stop)
  if (answer.status === 406) return { unavailable: 'the server answers 406 to format=ndjson' }
  const [hostMemory, pluginMemory] = peak.bytes.map((bytes, index) => (bytes - idle[index]) / 2 ** 20)
  return { firstByte: answer.firstMs, total: answer.totalMs, hostMemory, pluginMemory }
}

/** The second counts for time, both for memory: a server is fast once its code is compiled. */
const exportTwice = async (load, port, expectedRows) => {
  const job = { kind: 'export', port, path: '/api/bench/rows/?format=ndjson', headers: withoutAccept(requestHeaders()) }
  let answer
  for (let time = 0; time < 2; time++) {
    answer = await load.ask(job)
    if (answer.status === 406) return answer
    if (answer.status !== 200) throw new Error(`expected 200, got ${answer.status}`)
    if (answer.lines !== expectedRows) throw new Error(`expected ${expectedRows} lines, got ${answer.lines}`)
  }
  return answer
}

const withoutAccept = ({ Accept: _json, ...headers }) => headers

/** `bytes` grows with what the processes hold until `stop`. */
const watchPeak = (pids) => {
  const bytes = pids.map(residentBytes)
  const look = () => {
    for (const [index, pid] of pids.entries()) bytes[index] = Math.max(bytes[index], residentBytes(pid))
  }
  const timer = setInterval(look, 10)
  return { bytes, stop: () => clearInterval(timer) }
}

const hopFigures = ({ calls, seconds, hostMicros, pluginMicros }) => ({
  perSecond: calls / seconds,
  hostCpu: hostMicros / calls,
  pluginCpu: pluginMicros / calls,
})
