import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { cacheService, type PluginUnderTest, startPlugin } from '@easyrest/plugin/testing'

let plugin: PluginUnderTest

before(async () => {
  plugin = await startPlugin(fileURLToPath(new URL('../../bin/program.js', import.meta.url)))
  await plugin.call(cacheService.InitConnection, { uri: '{{scheme}}://' })
})

after(() => plugin.stop())

const get = async (key: string) => (await plugin.call(cacheService.Get, { key })).value

test('a value is kept until its time is over', async () => {
  await plugin.call(cacheService.Set, { key: 'a', value: 'kept', ttlMs: 60_000 })
  await plugin.call(cacheService.Set, { key: 'b', value: 'gone', ttlMs: 1 })
  await delay(20)
  assert.deepEqual([await get('a'), await get('b'), await get('c')], ['kept', undefined, undefined])
})

test('a deleted value is gone', async () => {
  await plugin.call(cacheService.Set, { key: 'd', value: 'x', ttlMs: 60_000 })
  await plugin.call(cacheService.Delete, { key: 'd' })
  assert.equal(await get('d'), undefined)
})
