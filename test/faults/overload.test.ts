import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isLongRun } from '@easyrest/protocol/testing'
import { adminOrigin, anyAdminPort, metric } from '../support/admin.js'
import { send } from '../support/http.js'
import { memoryGrowth } from '../support/memory-growth.js'
import { goodput, type LoadOptions, type LoadResult, openLoad } from '../support/open-load.js'
import { authorization, pidConfig, pidTarget } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { workersOf } from '../support/start-workers.js'
import { until } from '../support/until.js'

/** The long run is the promise: ten times the capacity for 60 s. The short one looks at what happens, not at times. */
const seconds = isLongRun ? 60 : 4
const maxGrowth = 64

/** Eight calls of 20 ms at a time: 400 a second at most, whatever the machine. */
const limits = { in_flight: 8, queue: 32, wait: '200ms' }
const capacity = 400

for (const workers of [1, 2]) {
  describe(`Ten times what a plugin can do, with workers: ${workers}`, { timeout: 200_000 }, () => {
    let server: TestServer
    before(async () => {
      server = await startServer({
        config: async (directory) => ({
          workers,
          admin: anyAdminPort,
          ...(await pidConfig(directory, 'pid://one', { limits })),
        }),
      })
      await openLoad(loadOf(server, pidTarget(20), { perSecond: capacity / 2, seconds: 2 }))
    })
    after(async () => {
      assert.deepEqual(await server?.stop(), { code: 0, signal: null })
    })

    it('is refused but for what the plugin can do, and costs little', async (t) => {
      const atPeak = loadOf(server, pidTarget(20), { perSecond: capacity * 0.9, seconds: isLongRun ? 20 : 3 })
      const peak = goodput(await openLoad(atPeak), atPeak)
      const flood = loadOf(server, pidTarget(20), { perSecond: capacity * 10, seconds })
      const { result, growth, probe } = await underLoad(server, flood)
      t.diagnostic(`peak ${peak}/s, under overload ${goodput(result, flood)}/s, ${JSON.stringify(result)}`)
      t.diagnostic(`the server grew by ${growth} MB; /livez ${JSON.stringify(probe)}`)
      assert.equal(result.failed, 0, result.firstFailure)
      assert.deepEqual(Object.keys(result.statuses), ['200', '503'])
      assert.ok((result.statuses[503] ?? 0) > (result.statuses[200] ?? 0), 'control: it was an overload')
      assert.equal(probe.failed, 0)
      assert.ok(growth <= maxGrowth, `the server grew by ${growth} MB`)
      if (isLongRun) {
        assert.ok(goodput(result, flood) >= 0.8 * peak, `${goodput(result, flood)}/s of ${peak}/s`)
        assert.ok(probe.p99 <= 50, `/livez took ${probe.p99} ms`)
      }
    })

    it('is told in a few lines of the log, not in one for each', () => {
      const lines = server
        .log()
        .split('\n')
        .filter((line) => line.includes('overloaded'))
      assert.ok(lines.length >= 1 && lines.length <= 3 + seconds / 5, `${lines.length} lines`)
      assert.match(lines[0]!, /connection p has /)
    })

    it('tells its clients when to come back', async () => {
      const flood = openLoad(loadOf(server, pidTarget(20), { perSecond: capacity * 5, seconds: 2 }))
      await sleep(1000)
      let refused: string | undefined
      for (let tries = 0; tries < 50 && refused === undefined; tries++) {
        const answer = await server.request(pidTarget(20), { headers: [authorization()] })
        if (answer.status === 503) refused = answer.header('retry-after')
      }
      assert.equal(refused, '1')
      await flood
      assert.equal((await server.request(pidTarget(20), { headers: [authorization()] })).status, 200)
    })
  })
}

/** A condition of 1,000 values: most of a request is then work of the server's own event loop. */
const heavy = `/api/p/any/?where.in.id=${Array.from({ length: 1000 }, (_, index) => index).join(',')}`

describe('Ten times what the event loop can do', { timeout: 200_000 }, () => {
  let server: TestServer
  before(async () => {
    server = await startServer({
      config: async (directory) => ({
        ...(await pidConfig(directory, 'pid://one')),
        admin: anyAdminPort,
      }),
    })
  })
  after(async () => {
    assert.deepEqual(await server?.stop(), { code: 0, signal: null })
  })

  it('is refused but for what it can do', async (t) => {
    await until(async () => (await server.request(heavy, { headers: [authorization()] })).status === 200, {
      what: 'the first answer',
    })
    // As many as come when each of a few connections sends its next request with the last answer.
    const closed = loadOf(server, heavy, { perSecond: 2000, seconds: isLongRun ? 20 : 3, maxConnections: 16 })
    const peak = goodput(await openLoad(closed), closed)
    const flood = loadOf(server, heavy, { perSecond: peak * 10, seconds, maxConnections: 1000 })
    const { result, growth, probe } = await underLoad(server, flood)
    t.diagnostic(`peak ${peak}/s, under overload ${goodput(result, flood)}/s, ${JSON.stringify(result)}`)
    t.diagnostic(
      `${await metric(server, 'easyrest_http_requests_shed_total')} shed; the server grew by ${growth} MB; /livez ${JSON.stringify(probe)}`,
    )
    assert.equal(result.failed, 0, result.firstFailure)
    assert.equal(probe.failed, 0)
    for (const status of Object.keys(result.statuses)) assert.ok(['200', '503'].includes(status), status)
    // Each refusal costs the loop about a tenth of an answer, so not much is left beside ten times as many of them.
    assert.ok(goodput(result, flood) >= 0.05 * peak, `${goodput(result, flood)}/s of ${peak}/s`)
    await sleep(200)
    assert.equal((await server.request(heavy, { headers: [authorization()] })).status, 200, 'it is over')
  })
})

function loadOf({ origin }: TestServer, target: string, rate: Omit<LoadOptions, 'origin' | 'target'>): LoadOptions {
  return { origin, target, headers: [authorization()], maxConnections: 500, ...rate }
}

interface Probe {
  readonly asked: number
  readonly failed: number
  readonly p99: number
  readonly max: number
}

async function underLoad(
  server: TestServer,
  options: LoadOptions,
): Promise<{ result: LoadResult; growth: number; probe: Probe }> {
  let result: LoadResult | undefined
  let probe: Probe | undefined
  const growth = await memoryGrowth([server.pid, ...workersOf(server)], async () => {
    const loading = openLoad(options)
    ;[result, probe] = await Promise.all([loading, probeLiveness(server, options.seconds)])
  })
  return { result: result!, probe: probe!, growth }
}

/** Asks /livez ten times a second, each time on a new connection. */
async function probeLiveness(server: TestServer, duration: number): Promise<Probe> {
  const origin = await adminOrigin(server)
  const times: number[] = []
  let failed = 0
  for (const until = performance.now() + duration * 1000; performance.now() < until; await sleep(100)) {
    const answer = await send({ origin, target: '/livez' }).catch(() => undefined)
    if (answer?.status === 200) times.push(answer.durationMs)
    else failed++
  }
  times.sort((a, b) => a - b)
  const at = (share: number): number =>
    Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0)
  return { asked: times.length + failed, failed, p99: at(0.99), max: at(1) }
}
