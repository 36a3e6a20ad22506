import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { generateKeys } from '@easyrest/protocol/testing'
import fc from 'fast-check'
import { publishedKeys } from './published-keys.js'
import { ed25519, p256, publicJwk, rsa, secret } from './test-support/test-keys.js'

const setOf = (...keys: unknown[]) => JSON.stringify({ keys })

describe('the keys that an issuer publishes', () => {
  it('are those for signatures, with their names', () => {
    const keys = publishedKeys(
      setOf({ ...publicJwk(rsa), kid: 'r', use: 'sig' }, { ...publicJwk(p256), kid: 'p' }, publicJwk(ed25519)),
    )
    assert.deepEqual(
      keys.map(({ kid, keyObject }) => [kid, keyObject.asymmetricKeyType]),
      [
        ['r', 'rsa'],
        ['p', 'ec'],
        [undefined, 'ed25519'],
      ],
    )
  })

  const weak = generateKeys('rsa', { modulusLength: 1024 })
  const useless: [string, unknown][] = [
    ['a secret', { kty: 'oct', k: Buffer.from(secret).toString('base64url') }],
    ['a weak key', publicJwk(weak)],
    ['an encryption key', { ...publicJwk(rsa), use: 'enc' }],
    ['a curve nobody signs with', publicJwk(generateKeys('ec', { namedCurve: 'secp256k1' }))],
    ['a kid that is no text', { ...publicJwk(rsa), kid: 1 }],
    ['an alg of another type', { ...publicJwk(rsa), alg: 'HS256' }],
    ['half a key', { kty: 'RSA', n: 'AQAB' }],
    ['no object', 'RSA'],
    ['nothing', null],
  ]
  for (const [title, jwk] of useless) {
    it(`are not ${title}, which is passed over`, () => {
      assert.equal(publishedKeys(setOf(jwk, publicJwk(p256))).length, 1)
      assert.throws(() => publishedKeys(setOf(jwk)), /expected a public signature key .* received 1 other keys/)
    })
  }

  it('are never the private half of one', () => {
    const [key] = publishedKeys(setOf(rsa.privateKey.export({ format: 'jwk' })))
    assert.equal(key?.keyObject.type, 'public')
  })

  it('are fifty at most, because a token without kid is tried with each', () => {
    const many = (count: number) => setOf(...Array.from({ length: count }, () => publicJwk(p256)))
    assert.equal(publishedKeys(many(50)).length, 50)
    assert.throws(() => publishedKeys(many(51)), /at most 50 keys, received 51/)
  })

  it('come as a JWK set or not at all', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((json) => `{"keys":${json}}`),
      fc.array(fc.dictionary(fc.constantFrom('kty', 'n', 'e', 'x', 'crv', 'kid', 'use'), fc.jsonValue())).map(setOf),
    )
    fc.assert(
      fc.property(texts, (text) => {
        assert.throws(() => publishedKeys(text), /^Error: expected /)
      }),
    )
  })
})
