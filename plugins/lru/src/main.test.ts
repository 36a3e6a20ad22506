import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { cacheService, dbService, pluginService, startPlugin } from '@easyrest/plugin/testing'

const program = fileURLToPath(new URL('../bin/easyrest-plugin-lru.js', import.meta.url))

test('the program serves the cache role and no other', async (context) => {
  const plugin = await startPlugin(program)
  context.after(() => plugin.stop())
  const info = await plugin.call(pluginService.GetInfo)
  assert.deepEqual([info.roles, info.schemes, info.capabilities], [['cache'], ['lru'], ['session', 'cache_delete']])
  await assert.rejects(plugin.call(dbService.InitConnection, { uri: 'lru://' }), /UNIMPLEMENTED|12/)
})

test('U1: values are kept until they expire, and the connection rules hold', async (context) => {
  const plugin = await startPlugin(program)
  context.after(() => plugin.stop())
  const get = (key: string) => plugin.call(cacheService.Get, { key })
  await assert.rejects(get('k'), { reason: 'unavailable' })
  await assert.rejects(plugin.call(cacheService.InitConnection, { uri: 'lru://?sise=1' }), {
    reason: 'bad_value',
    message: /did you mean size/,
  })
  await plugin.call(cacheService.InitConnection, { uri: 'lru://?size=10MB&ttl=1h' })
  assert.deepEqual(await get('k'), { value: undefined })
  await plugin.call(cacheService.Set, { key: 'k', value: 'a\0b', ttlMs: Number.MAX_SAFE_INTEGER })
  await plugin.call(cacheService.Set, { key: 'short', value: 'v', ttlMs: 20 })
  await assert.rejects(plugin.call(cacheService.Set, { key: 'k', value: 'new', ttlMs: 0 }), { reason: 'bad_value' })
  await sleep(40)
  assert.deepEqual([await get('k'), await get('short')], [{ value: 'a\0b' }, { value: undefined }])
  await plugin.call(cacheService.Delete, { key: 'k' })
  assert.deepEqual(await get('k'), { value: undefined })
  assert.equal(await plugin.stop(), 0)
})
