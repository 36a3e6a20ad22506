import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { forRun } from '@easyrest/protocol/testing'
import { cachedConversation, freshValue } from '../support/cached-conversation.js'
import {
  type CachedServers,
  type CacheMode,
  cacheMs,
  getItem,
  setItem,
  startCachedServers,
  tagOf,
  untilFromCache,
} from '../support/cached-servers.js'
import { memoryGrowth } from '../support/memory-growth.js'
import type { TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'

describe('A cache that fails', { timeout: 280_000 }, () => {
  let cached: CachedServers
  let server: TestServer
  let other: TestServer

  before(async () => {
    cached = await startCachedServers([{}, {}])
    ;[server, other] = cached.servers as [TestServer, TestServer]
  })
  after(() => cached?.stop())
  beforeEach(async () => {
    cached.setMode('well')
    await untilFromCache(server, await tagOf(server))
  })

  const modes: readonly CacheMode[] = ['hang', 'slow', 'fail', 'crash', 'rubbish', 'forget']
  for (const mode of modes) {
    it(`changes nothing but speed: ${mode}`, async () => {
      const started = performance.now()
      cached.setMode(mode)
      const answers = await cachedConversation(server)
      const seconds = (performance.now() - started) / 1000
      // A single request waits for it each half second; the rest of what is allowed is a busy machine's.
      const slow = answers.filter((answer) => cacheMs(answer) >= 90)
      assert.ok(slow.length <= 3 + 2 * seconds, `${slow.length} requests waited in ${seconds} s`)
      for (const answer of slow) assert.ok(cacheMs(answer) < 1500, answer.header('server-timing'))
      const waits = mode === 'hang' || mode === 'slow'
      if (waits) assert.ok(slow.length > 0, 'control: what hangs is waited for, so the cache is asked at all')
    })
  }

  it('never lets a server answer from before its own write', async () => {
    for (const mode of ['fail', 'hang', 'crash'] as const) {
      const tag = await tagOf(server)
      await untilFromCache(server, tag)
      await untilFromCache(other, tag)
      cached.setMode(mode)
      await setItem(server, freshValue())
      cached.setMode('well')
      assert.equal((await getItem(other, tag)).status, 304, `control: who does not know answers from before (${mode})`)
      // While the cache rests, while it is told, and afterwards.
      const end = performance.now() + 2500
      while (performance.now() < end) {
        const answer = await getItem(server, tag)
        assert.equal(answer.status, 200, `304 after the write, ${mode}`)
      }
      await until(async () => (await getItem(other, tag)).status === 200, { what: 'the other server to know' })
      await untilFromCache(server, await tagOf(server))
    }
  })

  it('is not forgiven by a reload what it was not told', async () => {
    const tag = await tagOf(server)
    await untilFromCache(server, tag)
    cached.setMode('fail')
    await setItem(server, freshValue())
    const reloads = () => server.log().split('configuration reloaded').length
    const before = reloads()
    server.signal('SIGHUP')
    await until(() => reloads() > before, { what: 'the reload' })
    cached.setMode('well')
    assert.equal((await getItem(other, tag)).status, 304, 'control: the cache still holds it')
    assert.equal((await getItem(server, tag)).status, 200)
    await untilFromCache(server, await tagOf(server))
  })

  it('is in the log once, and once that it works again', async () => {
    const lines = () => server.log().split('\n')
    const fails = () => lines().filter((line) => /the cache t_cache of t fails/.test(line)).length
    const works = () => lines().filter((line) => /the cache t_cache of t works again/.test(line)).length
    const before = [fails(), works()]
    cached.setMode('fail')
    for (let count = 0; count < 20; count++) await getItem(server, '"x"')
    cached.setMode('well')
    await until(async () => (await getItem(server, '"x"')) && works() > before[1]!, { what: 'the cache to work again' })
    assert.deepEqual([fails(), works()], [before[0]! + 1, before[1]! + 1])
  })

  it('makes the server no larger', async () => {
    const requests = async (count: number): Promise<void> => {
      for (let sent = 0; sent < count; sent += 20) {
        await Promise.all(
          Array.from({ length: 20 }, (_, n) => (n % 4 === 0 ? setItem(server, n) : getItem(server, '"x"'))),
        )
      }
    }
    await requests(2000)
    cached.setMode('hang')
    await requests(forRun(1000, 10_000))
    // Five kilobytes kept for each request would be a hundred megabytes; the collector alone may let it be fifty.
    const growth = await memoryGrowth(server.pid, () => requests(forRun(2000, 20_000)))
    assert.ok(growth < 64, `grew by ${growth} MB`)
  })
})
