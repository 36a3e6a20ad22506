import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, zombiesOf } from '../support/is-running.js'
import { authorization } from '../support/pid-connection.js'
import { sqlitePlugin } from '../support/repository-path.js'
import { sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'

const isLong = process.env.EASYREST_LONG_TESTS === '1'
const kills = isLong ? 100 : 10
const intervalMs = 5

/** What became of the requests to one connection. */
interface History {
  readonly acknowledged: number[]
  /** By status; 0: no answer at all. */
  readonly statuses: Map<number, number>
  /** When each success began and ended. */
  readonly successes: { began: number; ended: number }[]
}

describe('A plugin that is killed with -9 again and again under load', () => {
  it(`loses no acknowledged write in ${kills} kills, and no other connection notices`, {
    timeout: 280_000,
  }, async (t) => {
    const server = await startServer({ config: withSqlite })
    t.after(() => server.stop())
    const [shop, other] = [history(), history()]
    let running = true
    const load = openLoop(
      () => running,
      (count) => [ask(server, 'shop', count, shop), ...(count % 10 === 0 ? [ask(server, 'other', count, other)] : [])],
    )

    const pauses: number[] = []
    try {
      for (let kill = 0; kill < kills; kill++) {
        // One that is killed again within its first second is taken for one that dies of itself, and started less often.
        await sleep(1300)
        pauses.push(await killAndWait(server, shop))
      }
    } finally {
      running = false
      await load
    }

    const rows = await stored(server)
    const lost = shop.acknowledged.filter((id) => !rows.has(id))
    assert.deepEqual(lost, [], 'acknowledged and lost')
    assert.ok(shop.acknowledged.length > kills * 10, `control: ${shop.acknowledged.length} writes were acknowledged`)
    assert.deepEqual([...other.statuses.keys()].sort(), [200, 201])
    // Guard: toApiError. Not sent is 503, sent and not answered is 502; nothing else is said, and nobody is left waiting.
    assert.deepEqual(
      [...shop.statuses.keys()].filter((status) => ![200, 201, 502, 503].includes(status)),
      [],
    )
    assert.deepEqual(zombiesOf(server.pid), [])
    pauses.sort((a, b) => a - b)
    const p95 = pauses[Math.ceil(pauses.length * 0.95) - 1]!
    t.diagnostic(
      `first success after a kill: median ${pauses[pauses.length >> 1]} ms, p95 ${p95} ms; ${describeStatuses(shop)}`,
    )
    // The target is 1000 ms on a machine that does nothing else.
    assert.ok(p95 <= 3000, `p95 of the first success after a kill: ${p95} ms`)
  })
})

async function withSqlite(directory: { file(name: string): string }): Promise<object> {
  const plugins = ['shop', 'other'].map((name) => {
    const database = sqliteFile(directory.file(`${name}.db`), 'CREATE TABLE orders (id INTEGER PRIMARY KEY, text TEXT)')
    database.close()
    return [name, { uri: database.uri, path: sqlitePlugin() }]
  })
  return { plugins: Object.fromEntries(plugins) }
}

/** Every second request is a write of its own row. */
async function ask(server: TestServer, connection: string, id: number, seen: History): Promise<void> {
  const isWrite = id % 20 < 10
  const began = performance.now()
  const headers: [string, string][] = [authorization(), ['Content-Type', 'application/json']]
  const answer = isWrite
    ? server.request(`/api/${connection}/orders/`, { method: 'POST', headers, body: `[{"id":${id}}]` })
    : server.request(`/api/${connection}/orders/?where.eq.id=1`, { headers })
  const status = await answer.then(({ status }) => status).catch(() => 0)
  seen.statuses.set(status, (seen.statuses.get(status) ?? 0) + 1)
  if (status === 201) seen.acknowledged.push(id)
  if (status === 200 || status === 201) seen.successes.push({ began, ended: performance.now() })
}

/** Starts so many requests a second, whether the others were answered or not. */
async function openLoop(wanted: () => boolean, start: (count: number) => Promise<void>[]): Promise<void> {
  const all: Promise<void>[] = []
  const begin = performance.now()
  for (let count = 1; wanted(); count++) {
    all.push(...start(count))
    const early = begin + count * intervalMs - performance.now()
    if (early > 0) await sleep(early)
  }
  await Promise.all(all)
}

/** Milliseconds from the kill to the end of the first success that began after it. */
async function killAndWait(server: TestServer, seen: History): Promise<number> {
  const pid = await until(() => readyPid(server), { what: 'a running plugin' })
  const killed = performance.now()
  process.kill(pid, 'SIGKILL')
  const first = await until(() => seen.successes.find(({ began }) => began > killed + 1), {
    what: 'a success after the kill',
    intervalMs: 10,
  })
  return Math.round(first.ended - killed)
}

/** The process that the log named last, if it runs. */
function readyPid(server: TestServer): number | undefined {
  const line = server
    .log()
    .split('\n')
    .findLast((text) => text.includes('"connection":"shop"') && text.includes('shop: ready'))
  const { pid } = JSON.parse(line ?? '{}') as { pid?: number }
  return pid !== undefined && isRunning(pid) ? pid : undefined
}

async function stored(server: TestServer): Promise<Set<number>> {
  const answer = await server.request('/api/shop/orders/?select=id', { headers: [authorization()] })
  return new Set((answer.json() as { id: number }[]).map(({ id }) => id))
}

const history = (): History => ({ acknowledged: [], statuses: new Map(), successes: [] })

const describeStatuses = ({ statuses }: History): string =>
  [...statuses].map(([status, count]) => `${status}: ${count}`).join(', ')
