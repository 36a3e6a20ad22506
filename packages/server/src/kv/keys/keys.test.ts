import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { collectionOf, decodeKey, encodeKey, keyLength } from './key.js'
import { keyFromPath } from './key-from-path.js'
import { behind, prefixRange, recurseRange } from './key-range.js'
import { primaryKey, spaceOf } from './space.js'

const bytes = fc.uint8Array({ maxLength: 30 }).map((values) => Buffer.from(values))

describe('Keys', () => {
  test('come back as they were, and are ASCII', () => {
    fc.assert(
      fc.property(bytes, (key) => {
        assert.match(encodeKey(key), /^[A-Za-z0-9._~/%-]*$/)
        assert.deepEqual(decodeKey(encodeKey(key)), key)
        assert.equal(keyLength(encodeKey(key)), key.length)
      }),
    )
  })

  test('are the same however a URL writes them', () => {
    fc.assert(
      fc.property(bytes, (key) => {
        const everyByte = [...key].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
        assert.equal(keyFromPath(everyByte), encodeKey(key))
        assert.equal(keyFromPath(encodeKey(key)), encodeKey(key))
      }),
    )
    for (const bad of ['%', '%4', '%zz', 'a%2']) assert.throws(() => keyFromPath(bad), { code: 'bad_escape' })
  })

  test('a prefix is a range, whatever the bytes', () => {
    fc.assert(
      fc.property(bytes, bytes, (prefix, key) => {
        const { from, to } = prefixRange(primaryKey('user/a/b/', encodeKey(prefix)))
        const pk = primaryKey('user/a/b/', encodeKey(key))
        assert.equal(pk >= from && pk < to, key.subarray(0, prefix.length).equals(prefix))
      }),
    )
  })

  test('nothing lies between a key and the text behind it', () => {
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        const [a, b] = [`x/${encodeKey(one)}`, `x/${encodeKey(other)}`]
        assert.equal(b >= behind(a), b > a)
      }),
    )
  })

  test('no two owners share one', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 6 })
    fc.assert(
      fc.property(fc.tuple(name, name, bytes), fc.tuple(name, name, bytes), ([a, b, c], [d, e, f]) => {
        const same = primaryKey(spaceOf('user', a, b), encodeKey(c)) === primaryKey(spaceOf('user', d, e), encodeKey(f))
        assert.equal(same, a === d && b === e && c.equals(f))
      }),
    )
    assert.notEqual(spaceOf('user', 'a/b', 'c'), spaceOf('user', 'a', 'b/c'))
    assert.notEqual(spaceOf('user', 'bob', ''), spaceOf('user', 'bob ', ''))
  })

  test('recurse means what is below a key without a slash, and what begins with one that has it', () => {
    assert.deepEqual(recurseRange('s/', 'c'), { from: 's/c/', to: 's/c0' })
    assert.deepEqual(recurseRange('s/', 'c/a'), { from: 's/c/a', to: 's/c/b' })
    assert.deepEqual(recurseRange('s/', ''), { from: 's/', to: 's0' })
    assert.deepEqual(['a/b/c', 'a', '/a', ''].map(collectionOf), ['a', '', '', ''])
  })
})
