import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { cacheService } from '@easyrest/protocol'
import { callsAtOnce } from '../calls-at-once.js'
import { group } from '../check.js'
import { expectRefusal, show } from '../expect.js'
import type { Subject } from '../subject.js'
import { Violation } from '../violation.js'

export const cacheChecks = group({ id: 'cache', rule: 'cache.proto, CachePlugin', needs: { role: 'cache' } }, [
  {
    id: 'miss',
    title: 'a key that was never set is a miss: no value at all',
    rule: 'cache.proto, CacheGetResponse.value',
    run: async (subject) => expectValue(new Keys(subject), 'absent', undefined),
  },
  {
    id: 'set',
    title: 'a value that was set is answered',
    run: async (subject) => {
      const keys = new Keys(subject)
      await keys.set('a', 'value')
      await expectValue(keys, 'a', 'value')
      await expectValue(keys, 'a', 'value')
    },
  },
  {
    id: 'overwrite',
    title: 'the last value that was set is answered',
    run: async (subject) => {
      const keys = new Keys(subject)
      for (const value of ['one', 'two', 'three']) {
        await keys.set('a', value)
        await expectValue(keys, 'a', value)
      }
    },
  },
  {
    id: 'empty',
    title: 'an empty value is a value',
    rule: 'cache.proto, CacheGetResponse.value',
    run: async (subject) => {
      const keys = new Keys(subject)
      await keys.set('a', '')
      await expectValue(keys, 'a', '')
    },
  },
  {
    id: 'text',
    title: 'values and keys hold any Unicode text, U+0000 among it',
    run: async (subject) => {
      const keys = new Keys(subject)
      const texts = [
        'žluťoučký 漢字 العربية',
        '\u{1f469}\u200d\u{1f680}',
        'line\r\n\ttab',
        `'"\\;--%_`,
        'before\0after',
        '\0',
      ]
      for (const [index, text] of texts.entries()) {
        await keys.set(`value ${index}`, text)
        await expectValue(keys, `value ${index}`, text)
        await keys.set(`key ${text}`, `value ${index}`)
      }
      for (const [index, text] of texts.entries()) await expectValue(keys, `key ${text}`, `value ${index}`)
    },
  },
  {
    id: 'megabyte',
    title: 'a value of one megabyte is answered whole',
    run: async (subject) => {
      const keys = new Keys(subject)
      const value = `${'0123456789abcdef'.repeat(65_536)}.`
      await keys.set('a', value)
      await expectValue(keys, 'a', value)
    },
  },
  {
    id: 'keys',
    title: 'keys that differ in case, blanks, accents or one character far behind are different',
    rule: 'cache.proto, CacheSetRequest.key',
    run: async (subject) => {
      const keys = new Keys(subject)
      const different = ['key', 'KEY', 'Key', 'key ', ' key', 'kéy', 'ke\u0301y', 'ḱey', 'key\0', 'key\0a']
      const long = `${'k'.repeat(900)}`
      const all = [...different, `${long}a`, `${long}b`, `${long}A`]
      for (const key of all) await keys.set(key, `value of ${JSON.stringify(key)}`)
      for (const key of all) await expectValue(keys, key, `value of ${JSON.stringify(key)}`)
    },
  },
  {
    id: 'alive',
    title: 'a value is there before its time to live has passed, however long that is',
    rule: 'cache.proto, CacheSetRequest.ttl_ms',
    run: async (subject) => {
      const keys = new Keys(subject)
      // Beyond 2^31 and beyond 2^32 milliseconds.
      const lives = [60_000, 30 * day, 100 * day, 3650 * day]
      for (const ttlMs of lives) await keys.set(`for ${ttlMs}`, 'value', ttlMs)
      await delay(100)
      for (const ttlMs of lives) await expectValue(keys, `for ${ttlMs}`, 'value')
      for (const ttlMs of lives) await keys.set(`for ${ttlMs}`, 'gone', 1)
      await expectShortLife(keys)
    },
  },
  {
    id: 'expiry',
    title: 'a value is never answered once its time to live has passed',
    rule: 'cache.proto, CachePlugin: never answer an expired value',
    run: async (subject) => {
      const keys = new Keys(subject)
      for (const ttlMs of [1, 50, 200]) await expectExpiry(keys, `for ${ttlMs}`, ttlMs)
    },
  },
  {
    id: 'renewal',
    title: 'setting a key again sets its time to live again',
    rule: 'cache.proto, CacheSetRequest.ttl_ms',
    run: async (subject) => {
      const keys = new Keys(subject)
      await keys.set('longer', 'old', 150)
      await keys.set('longer', 'new', 60_000)
      await keys.set('shorter', 'old', 60_000)
      await expectExpiry(keys, 'shorter', 150)
      await expectValue(keys, 'longer', 'new')
    },
  },
  {
    id: 'no-ttl',
    title: 'a time to live of 0 is refused as bad_value',
    rule: 'cache.proto, CacheSetRequest.ttl_ms',
    run: async (subject) => {
      const keys = new Keys(subject)
      await keys.set('a', 'old')
      await expectRefusal(keys.set('a', 'new', 0), 'bad_value')
      await expectValue(keys, 'a', 'old')
    },
  },
  {
    id: 'delete',
    title: 'a deleted key is a miss, others stay, and an absent key can be deleted',
    rule: 'cache.proto, CachePlugin.Delete',
    needs: { capabilities: ['cache_delete'] },
    run: async (subject) => {
      const keys = new Keys(subject)
      await keys.set('a', 'value')
      await keys.set('ab', 'other')
      await keys.delete('a')
      await expectValue(keys, 'a', undefined)
      await expectValue(keys, 'ab', 'other')
      await keys.delete('a')
      await keys.delete('never set')
      await keys.set('a', 'again')
      await expectValue(keys, 'a', 'again')
    },
  },
  {
    id: 'at-once',
    title: '50 calls at once, or as many as it takes, have their own effects and answers',
    run: async (subject) => {
      const keys = new Keys(subject)
      const count = await callsAtOnce(await subject.plugin())
      const numbers = Array.from({ length: count }, (_, index) => index)
      await Promise.all(numbers.map((number) => keys.set(`key ${number}`, `value ${number}`)))
      await Promise.all(numbers.map((number) => expectValue(keys, `key ${number}`, `value ${number}`)))
    },
  },
])

/** Keys that nobody else uses: the cache may be one in use. */
class Keys {
  private readonly prefix = `easyrest-conformance:${randomUUID()}:`

  constructor(private readonly subject: Subject) {}

  async set(key: string, value: string, ttlMs = 60_000): Promise<void> {
    await this.subject.call(cacheService.Set, { key: this.prefix + key, value, ttlMs })
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.subject.call(cacheService.Get, { key: this.prefix + key })).value
  }

  async delete(key: string): Promise<void> {
    await this.subject.call(cacheService.Delete, { key: this.prefix + key })
  }
}

const expectValue = async (keys: Keys, key: string, expected: string | undefined): Promise<void> => {
  const received = await keys.get(key)
  if (received === expected) return
  throw new Violation(expected === undefined ? 'a miss' : `the value ${show(expected)}`, valueText(received))
}

// A machine that stands still for a moment has not broken the rule: only an answer well in time counts.
const expectShortLife = async (keys: Keys): Promise<void> => {
  for (let attempt = 0; attempt < 10; attempt++) {
    const start = Date.now()
    await keys.set('short', 'value', 200)
    const received = await keys.get('short')
    if (received === 'value') return
    if (Date.now() - start < 100) throw new Violation('the value, set to live for 200 ms', valueText(received))
  }
}

const expectExpiry = async (keys: Keys, key: string, ttlMs: number): Promise<void> => {
  await keys.set(key, 'value', ttlMs)
  // The plugin may have begun to count at any moment before its answer.
  const gone = performance.now() + ttlMs + clockMs
  while (performance.now() < gone + 150) {
    const asked = performance.now()
    const received = await keys.get(key)
    if (asked > gone && received !== undefined) {
      throw new Violation(
        `a miss ${ttlMs} ms after it was set`,
        `${valueText(received)} after ${Math.round(asked - gone + ttlMs)} ms`,
      )
    }
    await delay(10)
  }
}

const valueText = (value: string | undefined): string => (value === undefined ? 'a miss' : `the value ${show(value)}`)

const day = 86_400_000

// Clocks that count whole milliseconds.
const clockMs = 2
