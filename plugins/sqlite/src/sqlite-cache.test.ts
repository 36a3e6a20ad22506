import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { cacheService, dbService, type PluginUnderTest, startPlugin } from '@easyrest/plugin/testing'
import { Database } from './database.js'
import { SqliteCache } from './sqlite-cache.js'

const program = fileURLToPath(new URL('./main.js', import.meta.url))

const newFile = (context: TestContext): string => {
  const directory = mkdtempSync(join(tmpdir(), 'easyrest-sqlite-'))
  context.after(() => rmSync(directory, { recursive: true }))
  return join(directory, 'cache.db')
}

const openProgram = async (context: TestContext, path: string): Promise<PluginUnderTest> => {
  const plugin = await startPlugin(program)
  context.after(() => plugin.stop())
  await plugin.call(cacheService.InitConnection, { uri: `sqlite://${path}`, connectionName: 'test' })
  return plugin
}

/** Another program on the same file. */
const openOther = (context: TestContext, path: string): Database => {
  const other = Database.open({ path, readOnly: false, busyTimeoutMs: 5000 })
  context.after(() => other.close())
  return other
}

const openCache = async (context: TestContext, uri: string): Promise<SqliteCache> => {
  const cache = new SqliteCache()
  await cache.initConnection({ uri, connectionName: 'test' })
  context.after(() => cache.close())
  return cache
}

const keysIn = (other: Database) =>
  other.all({ text: 'SELECT key FROM easyrest_cache ORDER BY key', parameters: [] }).map(([key]) => key)

/** A CacheSetRequest of key k, value x and a ttl_ms of 2^64 - 1, 285,000 years beyond what the SDK takes. */
const setWithLargestTtl = Buffer.from('0a016b12017818ffffffffffffffffff01', 'hex')

test('any text of any length is a key and a value', async (context) => {
  const path = newFile(context)
  const plugin = await openProgram(context, path)
  const long = 'é'.repeat(5 << 20)
  const entries = [
    ['', 'of the empty key'],
    ['empty value', ''],
    ['k', 'a\0b'],
    ['k\0', '\0'],
    ['k\0x', '\ufffd\ufeff😀'],
    ["'; DROP TABLE easyrest_cache; --", '1'],
    ['007', '5'],
    ['ä'.repeat(10_000), 'long key'],
    ['ten megabytes', long],
  ] as const
  for (const [key, value] of entries) await plugin.call(cacheService.Set, { key, value, ttlMs: 60_000 })
  for (const [key, value] of entries) {
    const answer = await plugin.call(cacheService.Get, { key })
    assert.ok(answer.value === value, `${JSON.stringify(key.slice(0, 20))}: ${answer.value?.slice(0, 20)}`)
  }
  for (const [key] of entries) await plugin.call(cacheService.Delete, { key })
  assert.deepEqual(keysIn(openOther(context, path)), [])
})

test('a life of any length is kept to, and one of no length refused', async (context) => {
  const path = newFile(context)
  const plugin = await openProgram(context, path)
  const set = (key: string, ttlMs: number) => plugin.call(cacheService.Set, { key, value: 'v', ttlMs })
  await set('longest', Number.MAX_SAFE_INTEGER)
  await set('k', 60_000)
  await assert.rejects(set('k', 0), { reason: 'bad_value', message: /ttl_ms > 0/ })
  assert.deepEqual(await plugin.call(cacheService.Get, { key: 'k' }), { value: 'v' })
  assert.deepEqual(await plugin.call(cacheService.Get, { key: 'longest' }), { value: 'v' })
  const beyond = { ...cacheService.Set, requestSerialize: () => setWithLargestTtl }
  await assert.rejects(plugin.call(beyond), { name: 'PluginError' })
  assert.deepEqual(await plugin.call(cacheService.Get, { key: 'k' }), { value: 'v' })
  await set('k', 1)
  await sleep(10)
  assert.deepEqual(await plugin.call(cacheService.Get, { key: 'k' }), { value: undefined })
  const row = openOther(context, path).get({
    text: `SELECT expires_at > 9007199254740991, typeof(expires_at)
    FROM easyrest_cache WHERE key = 'longest'`,
    parameters: [],
  })
  assert.deepEqual(row, [1n, 'integer'])
})

test('the last of many writers of one key wins, and one row is left', async (context) => {
  const path = newFile(context)
  const plugin = await openProgram(context, path)
  const set = (value: string) => plugin.call(cacheService.Set, { key: 'k', value, ttlMs: 60_000 })
  await Promise.all(Array.from({ length: 50 }, (_value, index) => set(String(index))))
  await set('last')
  assert.deepEqual(await plugin.call(cacheService.Get, { key: 'k' }), { value: 'last' })
  assert.deepEqual(keysIn(openOther(context, path)), ['k'])
})

test('the table of the original is used as it is', async (context) => {
  const path = newFile(context)
  const other = openOther(context, path)
  other.exec(`CREATE TABLE easyrest_cache (key TEXT PRIMARY KEY, value TEXT, expires_at DATETIME DEFAULT CURRENT_TIMESTAMP);
    INSERT INTO easyrest_cache VALUES ('old', 'v', '2999-01-01 00:00:00 +0000 UTC'), ('null', NULL, 9000000000000000)`)
  const cache = await openCache(context, `sqlite://${path}?autoCleanup=1`)
  assert.deepEqual(await cache.get({ key: 'old' }), { value: undefined })
  await cache.set({ key: 'old', value: 'new', ttlMs: 60_000 })
  assert.deepEqual(await cache.get({ key: 'old' }), { value: 'new' })
  assert.deepEqual(await cache.get({ key: 'null' }), { value: undefined })
  cache.deleteExpired()
  assert.deepEqual(keysIn(other), ['old'])
})

test('autoCleanup deletes what has expired each minute, and only then; without it nothing is deleted', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'Date'], now: Date.now() })
  const path = newFile(context)
  const other = openOther(context, path)
  const cleaning = await openCache(context, `sqlite://${path}?autoCleanup=true`)
  await cleaning.set({ key: 'expired', value: 'v', ttlMs: 1 })
  await cleaning.set({ key: 'living', value: 'v', ttlMs: 90_000 })
  context.mock.timers.tick(59_999)
  assert.deepEqual(keysIn(other), ['expired', 'living'])
  context.mock.timers.tick(1)
  assert.deepEqual(keysIn(other), ['living'])
  await cleaning.close()
  const keeping = await openCache(context, `sqlite://${path}`)
  context.mock.timers.tick(120_000)
  assert.deepEqual(await keeping.get({ key: 'living' }), { value: undefined })
  assert.deepEqual(keysIn(other), ['living'])
})

test('cleaning up that fails is tried again', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'Date'], now: Date.now() })
  const path = newFile(context)
  const other = openOther(context, path)
  const cache = await openCache(context, `sqlite://${path}?autoCleanup=true&busy_timeout=1`)
  await cache.set({ key: 'expired', value: 'v', ttlMs: 1 })
  other.exec('BEGIN IMMEDIATE')
  context.mock.timers.tick(60_000)
  other.exec('ROLLBACK')
  assert.deepEqual(keysIn(other), ['expired'])
  context.mock.timers.tick(60_000)
  assert.deepEqual(keysIn(other), [])
})

test('the cache and the tables of one file go together', async (context) => {
  const path = newFile(context)
  openOther(context, path).exec('CREATE TABLE t (a)')
  const plugin = await openProgram(context, path)
  await plugin.call(dbService.InitConnection, { uri: `sqlite://${path}`, connectionName: 'test' })
  await plugin.call(cacheService.Set, { key: 'k', value: 'v', ttlMs: 60_000 })
  await plugin.call(dbService.TableCreate, { table: 't', rows: Buffer.from('[{"a":1}]'), rowCount: 1 })
  await assert.rejects(plugin.call(dbService.TableGet, { table: 'easyrest_cache' }), { reason: 'unknown_table' })
  assert.deepEqual(await plugin.call(cacheService.Get, { key: 'k' }), { value: 'v' })
})

test('a database that may only be read is no cache', async (context) => {
  const path = newFile(context)
  openOther(context, path).exec('CREATE TABLE t (a)')
  await assert.rejects(openCache(context, `sqlite://${path}?mode=ro`), { reason: 'permission' })
})
