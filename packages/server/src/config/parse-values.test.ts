import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { redactUri } from '@easyrest/protocol'
import fc from 'fast-check'
import { BadValue } from './bad-value.js'
import { parseBoolean } from './parse-boolean.js'
import { parseDuration } from './parse-duration.js'
import { parseSize } from './parse-size.js'
import { parseTimezone } from './parse-timezone.js'

describe('Durations', () => {
  test('are read in the notation of Go', () => {
    const cases = { '30s': 30_000, '500ms': 500, '5m': 300_000, '1m30s': 90_000, '1h': 3_600_000, '1.5s': 1500, '0': 0 }
    for (const [text, ms] of Object.entries(cases)) assert.equal(parseDuration(text), ms, text)
  })

  test('need a unit, except where the original counted seconds', () => {
    assert.throws(() => parseDuration(30), BadValue)
    assert.equal(parseDuration(30, { bare: 'seconds' }), 30_000)
    assert.equal(parseDuration('0.5', { bare: 'seconds' }), 500)
  })

  test('that are no durations are refused', () => {
    for (const value of ['', 's', '-1s', '1 s', '1d', '1s2', 'NaN', null, true, [], {}, 1e300, '999999h']) {
      assert.throws(() => parseDuration(value, { bare: 'seconds' }), BadValue, String(value))
    }
  })

  test('survive being written in parts', () => {
    const part = fc.nat(59)
    fc.assert(
      fc.property(part, part, part, fc.nat(999), (h, m, s, ms) => {
        assert.equal(parseDuration(`${h}h${m}m${s}s${ms}ms`), ((h * 60 + m) * 60 + s) * 1000 + ms)
      }),
    )
  })
})

describe('Sizes', () => {
  test('are decimal, binary or plain bytes', () => {
    const cases = {
      '10MB': 10_000_000,
      '10MiB': 10_485_760,
      '10485760': 10_485_760,
      '8 KiB': 8192,
      '1.5kb': 1500,
      '7B': 7,
    }
    for (const [text, bytes] of Object.entries(cases)) assert.equal(parseSize(text), bytes, text)
    assert.equal(parseSize(4096), 4096)
  })

  test('that are no sizes are refused', () => {
    for (const value of ['', 'MB', '-1', '1.0001B', '10MBit', '1iB', '1e9', Infinity, null, {}, '9'.repeat(30)]) {
      assert.throws(() => parseSize(value), BadValue, String(value))
    }
  })
})

test('Booleans are words, numbers and YAML booleans, and nothing else', () => {
  for (const value of [true, 1, '1', 'true', 'Yes', 'ON']) assert.equal(parseBoolean(value), true)
  for (const value of [false, 0, '0', 'false', 'No', 'OFF']) assert.equal(parseBoolean(value), false)
  for (const value of ['', 'y', 'wahr', 2, null, undefined, [], {}]) assert.throws(() => parseBoolean(value), BadValue)
})

test('Time zones are IANA names or offsets', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', '+02:00', '-11:30']) {
    assert.equal(parseTimezone(zone), zone)
  }
  for (const zone of ['', 'Mars', '+2', '+15:00', '+02:60', '0', null, 'UTC; DROP']) {
    assert.throws(() => parseTimezone(zone), BadValue)
  }
})

describe('A URI in a message', () => {
  test('has neither password nor secret parameters', () => {
    const cases = {
      'postgres://u:p@h:5432/db': 'postgres://u:***@h:5432/db',
      'postgres://u:p@ss/w?rd#x@h1,h2/db?sslmode=off': 'postgres://u:***@h1,h2/db?sslmode=off',
      'redis://:p@h/0': 'redis://:***@h/0',
      'mysql://u:p@tcp(h:3306)/db': 'mysql://u:***@tcp(h:3306)/db',
      'sqlite://./a.db?key=abc&x=1': 'sqlite://./a.db?key=***&x=1',
      'sqlite://./a@b.db': 'sqlite://./a@b.db',
      'no uri': '***',
    }
    for (const [uri, shown] of Object.entries(cases)) assert.equal(redactUri(uri), shown)
  })

  test('never holds the password, whatever that is made of', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const password = `~${text}~`
        assert.ok(!redactUri(`db://user:${password}@host/name`).includes(password))
      }),
    )
  })
})
