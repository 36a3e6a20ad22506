import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createIdentity } from './identity.js'
import { TokenCache } from './token-cache.js'

const identityOf = (sub: string) => createIdentity({ sub }, { userClaim: 'sub', anonymous: false })
const alice = identityOf('alice')

describe('TokenCache', () => {
  it('returns the identity until exp and not a millisecond longer', () => {
    const cache = new TokenCache()
    cache.set('a', alice, 100, 0)
    assert.equal(cache.get('a', 99_999), alice)
    assert.equal(cache.get('a', 100_000), undefined)
    assert.equal(cache.get('a', 0), undefined, 'an entry that was seen expired is gone')
  })

  it('never keeps longer than its time to live', () => {
    const cache = new TokenCache(10)
    cache.set('a', alice, 100, 5_000)
    assert.equal(cache.get('a', 14_999), alice)
    assert.equal(cache.get('a', 15_000), undefined)
  })

  it('keeps nothing with a time to live of 0, nor an expired token', () => {
    const off = new TokenCache(0)
    off.set('a', alice, 100, 0)
    assert.equal(off.get('a', 0), undefined)
    const cache = new TokenCache()
    cache.set('a', alice, 100, 100_000)
    assert.equal(cache.get('a', 0), undefined)
  })

  it('does not mix tokens', () => {
    const cache = new TokenCache()
    for (const name of ['a', 'A', 'a ', 'ab', '__proto__']) cache.set(name, identityOf(name), 100, 0)
    for (const name of ['a', 'A', 'a ', 'ab', '__proto__']) assert.equal(cache.get(name, 0)?.subject, name)
  })

  it('holds a thousand tokens, the ones used last', () => {
    const cache = new TokenCache()
    for (let i = 0; i < 1001; i++) cache.set(`t${i}`, identityOf(`t${i}`), 100, 0)
    assert.equal(cache.get('t0', 0), undefined)
    assert.equal(cache.get('t1', 0)?.subject, 't1')
    assert.equal(cache.get('t1000', 0)?.subject, 't1000')
  })
})
