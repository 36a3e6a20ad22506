import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { memoryGrowth } from '../support/memory-growth.js'
import { openPlugin } from '../support/open-plugin.js'

const sets = 200_000
const value = 'x'.repeat(2000)

/** What the plugin may hold, and what V8 lets stand beside it before it collects garbage. */
const maxGrowth = 200

describe('A cache in memory under 200,000 sets of 2 KB each', { timeout: 280_000 }, () => {
  for (const uri of ['lru://?size=16MB', 'lru://?size=10000']) {
    it(`keeps to its bound: ${uri}`, async (t) => {
      const { growth, first, last } = await flood(t, uri)
      assert.ok(growth <= maxGrowth, `the plugin grew by ${growth} MB`)
      assert.equal(first, undefined)
      assert.equal(last, value)
    })
  }

  it('grows with a bound that it does not reach (control)', async (t) => {
    const { growth, first } = await flood(t, 'lru://?size=800MB')
    assert.ok(growth > maxGrowth, `the plugin grew by ${growth} MB only: the check proves nothing`)
    assert.equal(first, value)
  })
})

async function flood(t: TestContext, uri: string) {
  const { cache, status } = await openPlugin(t, uri, { role: 'cache' })
  // What its code and its buffers take comes with the first calls.
  for (let round = 0; round < 50; round++) await setMany(cache, -1)
  const growth = await memoryGrowth(status.pid!, async () => {
    for (let start = 0; start < sets; start += batch) await setMany(cache, start)
  })
  t.diagnostic(`${uri}: the plugin grew by ${growth} MB`)
  const read = async (index: number) => (await cache.get({ key: `key ${index}` })).value
  return { growth, first: await read(0), last: await read(sets - 1) }
}

const batch = 64

async function setMany(cache: Awaited<ReturnType<typeof openPlugin>>['cache'], start: number): Promise<void> {
  const keys = Array.from({ length: batch }, (_value, index) => `key ${start < 0 ? start : start + index}`)
  await Promise.all(keys.map((key) => cache.set({ key, value, ttlMs: 60_000 })))
}
