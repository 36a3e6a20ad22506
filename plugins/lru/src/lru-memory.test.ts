import assert from 'node:assert/strict'
import { test } from 'node:test'
import { overheadBytes } from './entry-bytes.js'
import { LruMemory } from './lru-memory.js'

const open = async (uri: string): Promise<LruMemory> => {
  const memory = new LruMemory()
  await memory.initConnection({ uri, connectionName: 'test' })
  return memory
}

const minute = 60_000

const valuesOf = (memory: LruMemory, keys: readonly string[]) =>
  Promise.all(keys.map(async (key) => (await memory.get({ key })).value))

test('what was used least recently goes first', async () => {
  const memory = await open('lru://?size=3')
  for (const key of ['a', 'b', 'c']) await memory.set({ key, value: key, ttlMs: minute })
  await memory.get({ key: 'a' })
  await memory.set({ key: 'd', value: 'd', ttlMs: minute })
  assert.deepEqual(await valuesOf(memory, ['a', 'b', 'c', 'd']), ['a', undefined, 'c', 'd'])
})

test('a bound in bytes counts keys, values and what is around them', async () => {
  const memory = await open(`lru://?size=${2 * (overheadBytes + 11)}B`)
  const set = (key: string, value: string) => memory.set({ key, value, ttlMs: minute })
  await set('a', '1234567890')
  await set('b', '1234567890')
  assert.deepEqual(await valuesOf(memory, ['a', 'b']), ['1234567890', '1234567890'])
  // Two bytes a character.
  await set('b', '12345678😀'.slice(0, 10))
  assert.deepEqual(await valuesOf(memory, ['a', 'b']), [undefined, '12345678😀'])
})

test('a value that is larger than the bound is not kept, and neither is the one before it', async () => {
  const memory = await open('lru://?size=1kB')
  await memory.set({ key: 'k', value: 'old', ttlMs: minute })
  await memory.set({ key: 'other', value: 'stays', ttlMs: minute })
  await memory.set({ key: 'k', value: 'x'.repeat(1000), ttlMs: minute })
  assert.deepEqual(await valuesOf(memory, ['k', 'other']), [undefined, 'stays'])
})

test('no value is answered once it has expired', async () => {
  let now = 1000
  const memory = new LruMemory({ now: () => now })
  await memory.initConnection({ uri: 'lru://?ttl=10s', connectionName: 'test' })
  await memory.set({ key: 'own', value: 'v', ttlMs: 50 })
  await memory.set({ key: 'capped', value: 'v', ttlMs: Number.MAX_SAFE_INTEGER })
  await memory.set({ key: 'renewed', value: 'v', ttlMs: 50 })
  now += 49
  // Reading is no reason to live longer.
  assert.deepEqual(await valuesOf(memory, ['own', 'capped', 'renewed']), ['v', 'v', 'v'])
  await memory.set({ key: 'renewed', value: 'w', ttlMs: 1000 })
  now += 2
  assert.deepEqual(await valuesOf(memory, ['own', 'capped', 'renewed']), [undefined, 'v', 'w'])
  now += 10_000
  assert.deepEqual(await valuesOf(memory, ['own', 'capped', 'renewed']), [undefined, undefined, undefined])
})

test('any text is a key and a value', async () => {
  const memory = await open('lru://')
  const long = 'é'.repeat(5_000_000)
  const entries = [
    ['', ''],
    ['k\0', 'a\0b'],
    ['__proto__', '1'],
    ['😀', long],
  ] as const
  for (const [key, value] of entries) await memory.set({ key, value, ttlMs: minute })
  for (const [key, value] of entries) assert.ok((await memory.get({ key })).value === value, key)
  await memory.delete({ key: '' })
  await memory.delete({ key: 'never there' })
  assert.deepEqual(await valuesOf(memory, ['', 'k', 'constructor']), [undefined, undefined, undefined])
})

test('a size that the process cannot keep is refused', async () => {
  for (const size of ['1000GB', '100000000000']) {
    await assert.rejects(open(`lru://?size=${size}`), { reason: 'bad_value', message: /max-old-space-size/ })
  }
})
