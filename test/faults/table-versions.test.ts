import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forRun } from '@easyrest/protocol/testing'
import {
  type CachedServers,
  getItem,
  isFromCache,
  item,
  setItem,
  startCachedServers,
  tagOf,
  untilFromCache,
} from '../support/cached-servers.js'
import { authorization } from '../support/pid-connection.js'
import type { TestServer } from '../support/start-server.js'
import { signToken } from '../support/token.js'
import { until } from '../support/until.js'

const writes = forRun(50, 1000)

describe('Servers that share a cache', { timeout: 280_000 }, () => {
  let cached: CachedServers
  let one: TestServer
  let two: TestServer
  /** Writes to the same database, and tells the cache nothing. */
  let apart: TestServer

  before(async () => {
    cached = await startCachedServers([{}, {}, { enable_cache: false }])
    ;[one, two, apart] = cached.servers as [TestServer, TestServer, TestServer]
  })
  after(() => cached?.stop())

  it('answer 304 without the database what either of them was asked', async () => {
    const tag = await tagOf(one)
    await untilFromCache(one, tag)
    const answer = await getItem(two, tag)
    assert.equal(answer.status, 304)
    assert.ok(isFromCache(answer), answer.header('server-timing'))
  })

  it('keep users apart', async () => {
    const tag = await tagOf(one)
    await untilFromCache(one, tag)
    const other = { headers: [['Authorization', `Bearer ${signToken({ sub: 'other', scope: 'read' })}`] as const] }
    const asked = await one.request(item, { headers: [...other.headers, ['If-None-Match', tag]] })
    assert.equal(asked.status, 304, 'the rows are the same')
    assert.ok(!isFromCache(asked), 'but only the database knows that')
  })

  it('see a write through any of them at once', async () => {
    for (const writer of [one, two]) {
      const stale = await staleAnswers(writes, (n) => setItem(writer, n))
      assert.equal(stale.get(writer), 0, 'the one that wrote never answers from before, whatever the cache does')
      // On a machine that is busy the cache may be late, and then only the writer knows.
      if (!hasFailed(writer)) assert.deepEqual([...stale.values()], [0, 0])
    }
  })

  it('do not see one that bypasses them (control)', async () => {
    const stale = await staleAnswers(30, (n) => setItem(apart, n))
    assert.ok([...stale.values()].every((count) => count > 0))
    await setItem(one, 0)
  })

  it('see it after cache_ttl at the latest', async (t) => {
    const brief = await startCachedServers([{ cache_ttl: '2s' }])
    t.after(() => brief.stop())
    const [server] = brief.servers as [TestServer]
    const tag = await tagOf(server)
    await untilFromCache(server, tag)
    brief.database.exec('UPDATE items SET n = 77 WHERE id = 1')
    assert.equal((await getItem(server, tag)).status, 304, 'control: the cache does not know')
    // Asking again and again does not keep it alive.
    await until(async () => (await getItem(server, tag)).status === 200, { what: 'the new row', timeoutMs: 8000 })
  })

  /** Polls both servers while rows change; counts the answers that are older than the last write that was acknowledged. */
  async function staleAnswers(
    count: number,
    write: (n: number) => Promise<unknown>,
  ): Promise<ReadonlyMap<TestServer, number>> {
    const stale = new Map([one, two].map((server) => [server, 0]))
    let writing = true
    let tag = await tagOf(one)
    const pollers = [one, two, one, two].map(async (server) => {
      while (writing) {
        const answer = await getItem(server, tag)
        assert.ok([200, 304].includes(answer.status), `expected 200 or 304, got ${answer.status}`)
        await sleep(1)
      }
    })
    for (let n = 1; n <= count; n++) {
      await write(n)
      for (const server of [one, two]) {
        const answer = await getItem(server, tag)
        if (answer.status === 304) stale.set(server, stale.get(server)! + 1)
        else assert.equal((answer.json() as { n: number }[])[0]?.n, n)
      }
      tag = await tagOf(one)
      if (n % 3 === 0) await getItem(one, tag)
    }
    writing = false
    await Promise.all(pollers)
    return stale
  }

  it('remember nothing for those who may not read', async () => {
    const answer = await one.request(item, {
      headers: [
        ['Authorization', `Bearer ${signToken({ scope: 'write' })}`],
        ['If-None-Match', '*'],
      ],
    })
    assert.equal(answer.status, 403)
    assert.equal((await one.request(item, { headers: [authorization()] })).status, 200, 'control')
  })
})

const hasFailed = (server: TestServer): boolean => /the cache t_cache of t fails/.test(server.log())
