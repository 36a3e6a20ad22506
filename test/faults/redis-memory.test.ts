import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { cacheService, startPlugin } from '@easyrest/plugin/testing'
import { forRun } from '@easyrest/protocol/testing'
import { memoryGrowth } from '../support/memory-growth.js'
import { redisPlugin } from '../support/repository-path.js'
import type { RedisServer } from '../support/servers/redis-server.js'
import { startRedis } from '../support/servers/start-redis.js'
import { whyNoFaults } from '../support/servers/why-no-server.js'

const naiveProgram = fileURLToPath(new URL('../support/fixtures/naive-redis-plugin.js', import.meta.url))

describe('The Redis plugin', { timeout: 280_000, skip: whyNoFaults('redis') }, () => {
  for (const [name, begin] of [
    ['is down', (redis: RedisServer) => redis.process!.kill()],
    ['hangs', (redis: RedisServer) => redis.process!.pause()],
  ] as const) {
    it(`keeps nothing while Redis ${name}`, async (t) => {
      const growth = await growthOf(t, redisPlugin(), begin, forRun(2500, 40_000))
      t.diagnostic(`Redis ${name}: the plugin grew by ${growth} MB`)
      assert.ok(growth < maxGrowth, `grew by ${growth} MB`)
    })

    it(`would grow while Redis ${name}, with the driver as it comes (control)`, async (t) => {
      const growth = await growthOf(t, naiveProgram, begin, 2500)
      t.diagnostic(`Redis ${name}: the driver as it comes grew by ${growth} MB`)
      assert.ok(growth >= maxGrowth, `grew by ${growth} MB only: the check proves nothing`)
    })
  }
})

const value = 'x'.repeat(50_000)

/** What V8 lets stand before it collects garbage; all that was to be set would be twice as much, and more. */
const maxGrowth = 200

/** Megabytes by which a plugin grows under sets for which nobody waits longer than 100 ms. No host protects it. */
async function growthOf(
  t: TestContext,
  path: string,
  begin: (redis: RedisServer) => unknown,
  sets: number,
): Promise<number> {
  const redis = await startRedis()
  t.after(() => redis.stop())
  const plugin = await startPlugin(path)
  t.after(() => plugin.stop())
  await plugin.call(cacheService.InitConnection, { uri: redis.uri, connectionName: 'test' })
  const setMany = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += batch) {
      const set = () => plugin.call(cacheService.Set, { key: 'k', value, ttlMs: 60_000 }, { timeoutMs: 100 })
      await Promise.allSettled(Array.from({ length: batch }, set))
    }
  }
  await setMany(500)
  await begin(redis)
  return memoryGrowth(plugin.child.pid!, () => setMany(sets))
}

const batch = 50
