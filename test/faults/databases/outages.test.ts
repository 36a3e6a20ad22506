import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forRun } from '@easyrest/protocol/testing'
import { sqlitePlugin } from '../../support/repository-path.js'
import { whyNoFaults } from '../../support/servers/why-no-server.js'
import { until } from '../../support/until.js'
import { type ServedDatabase, serveDatabase } from './served-database.js'
import { testedDatabases } from './tested-database.js'
import { countsOf, judgeWrites, startWriteLoad, writesTable } from './write-load.js'

const timeoutMs = 2500
/** What a busy machine adds to a deadline. */
const slackMs = 2500
const poolSize = 4

for (const tested of testedDatabases) {
  describe(`A database in trouble: ${tested.kind}`, { timeout: 280_000, skip: whyNoFaults(tested.kind) }, () => {
    let served: ServedDatabase

    before(async () => {
      served = await serveDatabase(tested, {
        schema: `${writesTable} ${tested.nap}`,
        uriOptions: tested.pool(poolSize),
        settings: { limits: { timeout: `${timeoutMs}ms` } },
        plugins: { other: { uri: 'sqlite://:memory:', path: sqlitePlugin() } },
      })
    })
    after(() => served?.stop())
    afterEach(() => until(works, { what: 'the database to be used again', timeoutMs: 20_000 }))

    const read = () => served.statusOf('/api/d/writes/?limit=1')
    const write = (n: number) => served.statusOf('/api/d/writes/', { method: 'POST', body: [{ n }] })
    const nap = (seconds: number) => served.statusOf('/api/d/rpc/nap/', { method: 'POST', body: { seconds } })
    const works = async () => (await read()) === 200 && (await write(0)) === 201
    const timesOf = async (n: number) =>
      Number((await served.database.sql(`SELECT count(*) AS times FROM writes WHERE n = ${n}`))[0]?.times)

    it('hangs: 504 at the deadline, once each, and other connections do not notice', async () => {
      await works()
      const { server } = served
      server.process!.pause()
      const control = server.sql('SELECT 1').then(() => 'an answer')
      const started = performance.now()
      const numbers = [1001, 1002, 1003]
      const statuses = Promise.all([...numbers.map(write), read(), read()])
      assert.equal(await served.statusOf('/api/other/'), 200)
      assert.ok(performance.now() - started < timeoutMs, 'the other connection waited for the one that hangs')
      for (const status of await statuses) assert.ok([503, 504].includes(status), `got ${status}`)
      assert.ok((await statuses).includes(504))
      assert.ok(performance.now() - started < timeoutMs + slackMs, `${performance.now() - started} ms`)
      assert.equal(await Promise.race([control, sleep(1, 'nothing')]), 'nothing', 'control: the database hangs')
      server.process!.resume()
      await control
      await until(works, { what: 'the database to be used again', timeoutMs: 20_000 })
      for (const n of numbers) assert.ok((await timesOf(n)) <= 1)
    })

    it('ends all connections: at most one request for each fails, and no acknowledged write is lost', async (t) => {
      await served.database.sql('DELETE FROM writes')
      const load = startWriteLoad(served)
      t.after(() => load.stop())
      let ended = 0
      for (let round = 0; round < forRun(5, 50); round++) {
        await sleep(200)
        ended += await served.server.terminateConnections()
      }
      await load.stop()
      assert.ok(ended > 5, `control: ${ended} connections were ended`)
      const { lost, twice, untrue } = await judgeWrites(load, served)
      assert.deepEqual({ lost, twice, untrue }, { lost: [], twice: [], untrue: [] })
      const failures = countsWithout(load.writes, 201) + countsWithout(load.reads, 200)
      t.diagnostic(`${ended} connections ended; ${countsOf(load)}`)
      assert.ok(failures <= ended, `${failures} failures for ${ended} connections: ${countsOf(load)}`)
    })

    it('has no connection left: requests wait for one, and the pool does not grow', async () => {
      const naps = Array.from({ length: 2 * poolSize }, () => nap(0.3))
      await until(async () => (await tested.naps(served.server)) === poolSize, { what: 'a pool that is in use' })
      const reads = await Promise.all(Array.from({ length: 10 }, read))
      assert.ok((await tested.connections(served.server)) <= poolSize + 1, 'more connections than the pool may have')
      assert.deepEqual(new Set([...reads, ...(await Promise.all(naps))]), new Set([200]))
    })

    it('has no connection left for too long: nobody waits beyond the deadline, and nothing goes on behind it', async () => {
      const naps = Array.from({ length: 2 * poolSize }, () => nap(30))
      await until(async () => (await tested.naps(served.server)) === poolSize, { what: 'a pool that is in use' })
      const started = performance.now()
      const later = Promise.all([read(), read(), write(2001)])
      for (const status of await Promise.all(naps)) assert.ok([503, 504].includes(status), `got ${status}`)
      // Those that came later may get what the naps leave them.
      for (const status of await later) assert.ok([200, 201, 503, 504].includes(status), `got ${status}`)
      assert.ok(performance.now() - started < timeoutMs + slackMs, `${performance.now() - started} ms`)
      await until(async () => (await tested.naps(served.server)) === 0, {
        what: 'the naps to be ended in the database',
      })
      assert.ok((await timesOf(2001)) <= 1)
    })

    it('can only be read: reads go on, writes are refused, and nothing is written', async () => {
      await tested.setReadOnly(served.server, served.database.name, true)
      // Where new sessions are needed for it, the old ones end first.
      await until(async () => (await read()) === 200, { what: 'the database to be read' })
      const answer = await served.ask('/api/d/writes/', { method: 'POST', body: [{ n: 3001 }] })
      assert.equal(answer.status, 403, answer.text())
      assert.match(answer.text(), /can only (be )?read/)
      await tested.setReadOnly(served.server, served.database.name, false)
      await until(works, { what: 'the database to be written again' })
      assert.equal(await timesOf(3001), 0)
    })
  })
}

/** How many requests had another status. */
function countsWithout(counts: ReadonlyMap<number, number | readonly number[]>, success: number): number {
  const others = [...counts].filter(([status]) => status !== success)
  return others.reduce((sum, [, count]) => sum + (typeof count === 'number' ? count : count.length), 0)
}
