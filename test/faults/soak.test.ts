import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forRun } from '@easyrest/protocol/testing'
import { anyAdminPort, askAdmin } from '../support/admin.js'
import { openLoad } from '../support/open-load.js'
import { authorization } from '../support/pid-connection.js'
import { sqlitePlugin } from '../support/repository-path.js'
import { countsOf, settled } from '../support/settled.js'
import { sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'

/** Five minutes are the promise; the short run finds what leaks with every kill or reload. */
const seconds = forRun(12, 300)
const warmUpSeconds = forRun(6, 60)
const killEverySeconds = forRun(3, 15)
const reloadEverySeconds = forRun(2, 7)
const maxGrowth = forRun(32, 10)

describe('Mixed load with kills and reloads', { timeout: 480_000 }, () => {
  let server: TestServer
  let configs: object[]

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        const file = sqliteFile(
          directory.file('soak.db'),
          'CREATE TABLE items (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO items VALUES (1, NULL), (2, NULL)',
        )
        file.close()
        const connection = { uri: file.uri, path: sqlitePlugin() }
        configs = [{}, { public: { table: ['items'] } }].map((more) => ({
          admin: anyAdminPort,
          plugins: { p: { ...connection, ...more } },
        }))
        return configs[0]!
      },
    })
  })
  after(() => server?.stop())

  it(`for ${seconds} s leaves memory, descriptors and children as they were`, async (t) => {
    await disturbed(warmUpSeconds)
    const start = await settled(server)
    await disturbed(seconds / 2)
    const half = await settled(server)
    const { statuses, writes, kills } = await disturbed(seconds / 2)
    const end = await settled(server)
    t.diagnostic(`in the second half ${kills} kills, reads ${JSON.stringify(statuses)}, ${writes} writes acknowledged`)
    t.diagnostic(`before ${JSON.stringify(start)}, half-way ${JSON.stringify(half)}, after ${JSON.stringify(end)}`)
    assert.ok(kills >= 1 && writes > 0, 'control: there was something to bear')
    // Reads are repeated once, so most kills are not seen at all; a second in a row is.
    for (const status of Object.keys(statuses)) assert.ok(['200', '502', '503'].includes(status), status)
    assert.deepEqual(countsOf(end), countsOf(start))
    // A heap finds its size in minutes; what leaks goes on.
    assert.ok(end.megabytes - half.megabytes <= maxGrowth, `the server grew from ${half.megabytes} MB`)
    assert.equal((await stored()).length, 2)
  })

  it('would show a descriptor that is left behind (control)', async () => {
    const start = await settled(server)
    const held = await fetch(`${server.origin}/health`, { headers: { Connection: 'keep-alive' } })
    assert.notDeepEqual(countsOf(await settled(server)), countsOf(start))
    await held.text()
  })

  /** Reads at a rate, writes one after another, plugins killed and configurations changed meanwhile. */
  async function disturbed(duration: number) {
    const end = performance.now() + duration * 1000
    const goesOn = (): boolean => performance.now() < end
    const load = { origin: server.origin, target: '/api/p/items/?where.eq.id=1', headers: [authorization()] }
    const [result, writes, kills] = await Promise.all([
      openLoad({ ...load, perSecond: 100, seconds: duration }),
      writeUntil(goesOn),
      killUntil(goesOn),
      reloadUntil(goesOn),
    ])
    return { statuses: result.statuses, writes, kills }
  }

  async function writeUntil(goesOn: () => boolean): Promise<number> {
    let acknowledged = 0
    while (goesOn()) {
      const headers: [string, string][] = [authorization(), ['Content-Type', 'application/json']]
      const body = JSON.stringify({ text: 'x'.repeat(1000) })
      const request = { method: 'PATCH', headers, body }
      const answer = await server.request('/api/p/items/?where.eq.id=2', request)
      assert.ok([200, 502, 503].includes(answer.status), answer.text())
      if (answer.status === 200) acknowledged++
      else await sleep(100)
    }
    return acknowledged
  }

  async function killUntil(goesOn: () => boolean): Promise<number> {
    let kills = 0
    for (await sleep(killEverySeconds * 500); goesOn(); await sleep(killEverySeconds * 1000)) {
      process.kill(await pluginPid(), 'SIGKILL')
      kills++
    }
    return kills
  }

  async function reloadUntil(goesOn: () => boolean): Promise<void> {
    for (let round = 1; goesOn(); round++) {
      await server.writeConfig(configs[round % configs.length]!)
      server.signal('SIGHUP')
      await sleep(reloadEverySeconds * 1000)
    }
  }

  const pluginPid = (): Promise<number> =>
    until(
      async () => {
        const { connections } = (await askAdmin(server, '/-/status')).json() as { connections: { pid?: number }[] }
        return connections[0]?.pid
      },
      { what: 'a running plugin' },
    )

  const stored = async (): Promise<unknown[]> =>
    (await server.request('/api/p/items/', { headers: [authorization()] })).json() as unknown[]
})
