import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLruUri } from './lru-uri.js'

test('a bound in entries or bytes, and a longest life', () => {
  const never = Number.POSITIVE_INFINITY
  assert.deepEqual(parseLruUri('lru://'), { bound: { bytes: 64_000_000 }, ttlMs: never })
  assert.deepEqual(parseLruUri('lru://?'), { bound: { bytes: 64_000_000 }, ttlMs: never })
  assert.deepEqual(parseLruUri('LRU://?size=500'), { bound: { entries: 500 }, ttlMs: never })
  assert.deepEqual(parseLruUri('lru://?size=64MiB&ttl=1m30s'), { bound: { bytes: 2 ** 26 }, ttlMs: 90_000 })
  assert.deepEqual(parseLruUri('lru://?ttl=500ms&size=1%6BB'), { bound: { bytes: 1000 }, ttlMs: 500 })
})

test('what is not understood is refused with what would be right', () => {
  const cases: [string, RegExp][] = [
    ['redis://x', /expected lru:\/\/\[\?size=64MB&ttl=5m\]/],
    ['lru://localhost', /expected lru:\/\//],
    ['lru:///?size=1', /expected lru:\/\//],
    ['lru://?size=1#x', /expected lru:\/\//],
    ['lru://?sise=1', /unknown option "sise", did you mean size\? Valid are size, ttl/],
    ['lru://?constructor=1', /unknown option "constructor"; valid are size, ttl/],
    ['lru://?size=1&size=2', /size is there twice/],
    ['lru://?size', /size as a number of entries or with a unit, e\.g\. 10000 or 64MB, got ""/],
    ['lru://?size=0', /got "0"/],
    ['lru://?size=0MB', /got "0MB"/],
    ['lru://?size=-1', /got "-1"/],
    ['lru://?size=1e3', /got "1e3"/],
    ['lru://?size=64mbit', /got "64mbit"/],
    ['lru://?ttl=0', /ttl as a duration such as 30s or 5m, got "0"/],
    ['lru://?ttl=30', /got "30"/],
    ['lru://?ttl=', /got ""/],
    ['lru://?ttl=0.1ms', /got "0\.1ms"/],
    ['lru://?ttl=%ff', /percent-escapes/],
  ]
  for (const [uri, message] of cases) assert.throws(() => parseLruUri(uri), { reason: 'bad_value', message }, uri)
})
