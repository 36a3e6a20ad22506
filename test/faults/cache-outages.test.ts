import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forRun } from '@easyrest/protocol/testing'
import { cachedConversation, freshValue } from '../support/cached-conversation.js'
import {
  cacheMs,
  getItem,
  isFromCache,
  type ServersWithCache,
  setItem,
  startServersWith,
  tagOf,
  untilFromCache,
} from '../support/cached-servers.js'
import type { HttpAnswer } from '../support/http.js'
import { mysqlPlugin, postgresPlugin, redisPlugin } from '../support/repository-path.js'
import type { DatabaseServer } from '../support/servers/database-server.js'
import type { ServerKind } from '../support/servers/server-kinds.js'
import type { ServerProcess } from '../support/servers/server-process.js'
import { startMariadb } from '../support/servers/start-mariadb.js'
import { startPostgres } from '../support/servers/start-postgres.js'
import { startRedis } from '../support/servers/start-redis.js'
import { whyNoFaults } from '../support/servers/why-no-server.js'
import type { TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'

/** A server that keeps caches, and what a configuration says of it. */
interface CacheServer {
  readonly entry: object
  readonly process: ServerProcess
  readonly password: string
  stop(): Promise<void>
}

const cacheServers: readonly { readonly kind: ServerKind; start(): Promise<CacheServer> }[] = [
  {
    kind: 'redis',
    start: async () => {
      const { uri, process, password, stop } = await startRedis()
      return { entry: { uri, path: redisPlugin() }, process: process!, password, stop }
    },
  },
  { kind: 'postgres', start: async () => inDatabase(await startPostgres(), postgresPlugin()) },
  { kind: 'mysql', start: async () => inDatabase(await startMariadb(), mysqlPlugin()) },
]

async function inDatabase(server: DatabaseServer, path: string): Promise<CacheServer> {
  const { uri } = await server.createDatabase()
  const { process, address, stop } = server
  return { entry: { uri, path }, process: process!, password: address.password, stop }
}

for (const { kind, start } of cacheServers) {
  describe(`Two servers that share a cache: ${kind}`, { timeout: 280_000, skip: whyNoFaults(kind) }, () => {
    let cache: CacheServer
    let cached: ServersWithCache
    let one: TestServer
    let two: TestServer

    before(async () => {
      cache = await start()
      cached = await startServersWith(cache.entry, [{}, {}])
      ;[one, two] = cached.servers as [TestServer, TestServer]
    })
    after(async () => {
      await cached?.stop()
      await cache?.stop()
    })
    beforeEach(async () => untilFromCache(one, await tagOf(one)))

    it('answer for each other, and see the writes of each other', async () => {
      const tag = await tagOf(one)
      await untilFromCache(two, tag)
      await setItem(two, freshValue())
      assert.equal((await getItem(one, tag)).status, 200)
    })

    const faults: readonly [name: string, begin: () => unknown, end: () => unknown][] = [
      ['is killed', () => cache.process.kill(), () => cache.process.start()],
      ['hangs', () => cache.process.pause(), () => cache.process.resume()],
      ['is stopped', () => cache.process.stop(), () => cache.process.start()],
    ]
    for (const [name, begin, end] of faults) {
      it(`answer the same when it ${name}, and use it when it is back`, async (t) => {
        await begin()
        const started = performance.now()
        const answers = await cachedConversation(one)
        checkPatience(answers, (performance.now() - started) / 1000)
        await end()
        const back = performance.now()
        await untilFromCache(one, await tagOf(one))
        const seconds = (performance.now() - back) / 1000
        t.diagnostic(`${kind} ${name}: used again after ${seconds.toFixed(2)} s`)
        // Half a second of rest and a tenth between attempts; the rest is a busy machine's.
        assert.ok(seconds < 5, `used again after ${seconds} s`)
      })
    }

    it('never show its password', () => {
      assert.match(one.log(), /the cache t_cache of t fails/, 'control: there was something to tell')
      for (const server of [one, two]) assert.ok(!server.log().includes(cache.password))
    })

    it('do not fail when it restarts under load', async (t) => {
      const answers: HttpAnswer[] = []
      let isOver = false
      const client = async (server: TestServer, n: number): Promise<void> => {
        while (!isOver) {
          if (n % 4 === 0) await setItem(server, freshValue()).catch(passOverload)
          const answer = await getItem(server, '"other"')
          if (!overload.test(answer.text())) answers.push(answer)
        }
      }
      const load = Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((n) => client(n % 2 === 0 ? one : two, n)))
      const restarts = forRun(3, 30)
      const restarted = restartTimes(cache.process, restarts).finally(() => {
        isOver = true
      })
      await Promise.all([load, restarted])
      assert.ok(answers.length > 20)
      for (const { status } of answers) assert.equal(status, 200)
      t.diagnostic(`${answers.length} reads answered through ${restarts} restarts`)
    })
  })

  describe(`A server that starts while its cache is down: ${kind}`, {
    timeout: 120_000,
    skip: whyNoFaults(kind),
  }, () => {
    it('serves, and uses it later', async (t) => {
      const cache = await start()
      t.after(() => cache.stop())
      await cache.process.stop()
      const cached = await startServersWith(cache.entry, [{}])
      t.after(() => cached.stop())
      const [server] = cached.servers as [TestServer]
      await cachedConversation(server)
      await cache.process.start()
      // The plugin is started again after a pause, which grows.
      await until(async () => isFromCache(await getItem(server, await tagOf(server))), {
        what: 'a 304 without the database',
        timeoutMs: 60_000,
      })
    })
  })
}

async function restartTimes(process: ServerProcess, times: number): Promise<void> {
  for (let count = 0; count < times; count++) {
    await sleep(300)
    await process.restart()
  }
}

/** A machine that is busy may refuse a request whatever the cache does. */
const overload = /"code":"overloaded"/

function passOverload(error: Error): void {
  if (!overload.test(error.message)) throw error
}

/** A single request of each half second waits for a cache that hangs, 100 ms; the rest is a busy machine's. */
function checkPatience(answers: readonly HttpAnswer[], seconds: number): void {
  const slow = answers.filter((answer) => cacheMs(answer) >= 90)
  assert.ok(slow.length <= 3 + 2 * seconds, `${slow.length} requests waited in ${seconds} s`)
  for (const answer of slow) assert.ok(cacheMs(answer) < 1500, answer.header('server-timing'))
}
