import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { generateKeys } from '@easyrest/protocol/testing'
import {
  ed25519,
  keyFile,
  p256,
  p384,
  p521,
  privatePem,
  publicJwk,
  publicPem,
  rsa,
  secret,
} from './test-support/test-keys.js'
import { loadVerificationKeys } from './verification-keys.js'

const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const load = (content: string | Buffer | object, kid?: string) =>
  loadVerificationKeys({ keyFiles: [{ file: keyFile(content), kid }] })

describe('the secret', () => {
  it('serves HMAC only', () => {
    const [key] = loadVerificationKeys({ jwtSecret: secret, keyFiles: [] })
    assert.equal(key?.keyObject.type, 'secret')
    assert.deepEqual(key?.algorithms, ['HS256', 'HS384', 'HS512'])
  })

  it('counts bytes, not characters', () => {
    assert.equal(loadVerificationKeys({ jwtSecret: 'ä'.repeat(16), keyFiles: [] }).length, 1)
  })

  const refused: [string, string, RegExp][] = [
    ['nothing', '', /at least 32 bytes, received 0/],
    ['31 bytes', 'x'.repeat(31), /received 31.*openssl rand/],
    ['a public key', publicPem(rsa), /PEM or JWK/],
    ['a damaged public key', publicPem(rsa).replace('-----BEGIN', '---BEGIN').slice(0, 200), /PEM or JWK/],
    ['a private key on one line', privatePem(p256).replaceAll('\n', ' '), /PEM or JWK/],
    ['a JWK', JSON.stringify(publicJwk(rsa)), /PEM or JWK/],
    ['an SSH key', `ssh-rsa ${'A'.repeat(64)}`, /PEM or JWK/],
  ]
  for (const [title, jwtSecret, message] of refused) {
    it(`may not be ${title}`, () => {
      assert.throws(() => loadVerificationKeys({ jwtSecret, keyFiles: [] }), message)
    })
  }

  it('does not appear in the error', () => {
    const jwtSecret = 'hunter2'
    assert.throws(
      () => loadVerificationKeys({ jwtSecret, keyFiles: [] }),
      (error: Error) => !error.message.includes(jwtSecret),
    )
  })

  it('is optional, and without any key there is none', () => {
    assert.deepEqual(loadVerificationKeys({ keyFiles: [] }), [])
  })
})

describe('a key file', () => {
  const accepted: [string, string | object, string[]][] = [
    ['an RSA public key', publicPem(rsa), rsaAlgorithms],
    ['an RSA private key', privatePem(rsa), rsaAlgorithms],
    ['a PKCS#1 public key', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(), rsaAlgorithms],
    ['a P-256 public key', publicPem(p256), ['ES256']],
    ['a P-384 private key', privatePem(p384), ['ES384']],
    ['a P-521 public key', publicPem(p521), ['ES512']],
    ['an RSA JWK', publicJwk(rsa), rsaAlgorithms],
    ['a JWK of one algorithm', { ...publicJwk(rsa), alg: 'PS256', use: 'sig' }, ['PS256']],
    ['a private JWK', { ...p256.privateKey.export({ format: 'jwk' }), key_ops: ['sign'] }, ['ES256']],
    ['a P-521 JWK', publicJwk(p521), ['ES512']],
    ['a secret JWK', { kty: 'oct', k: Buffer.from(secret).toString('base64url'), alg: 'HS512' }, ['HS512']],
  ]
  for (const [title, content, algorithms] of accepted) {
    it(`may be ${title}`, () => {
      const [key, ...rest] = load(content)
      assert.deepEqual(key?.algorithms, algorithms)
      assert.notEqual(key?.keyObject.type, 'private')
      assert.deepEqual(rest, [])
    })
  }

  it('may be a certificate', (t) => {
    const file = keyFile(privatePem(p256))
    let certificate: string
    try {
      const args = ['req', '-x509', '-new', '-key', file, '-subj', '/CN=easyrest', '-days', '2']
      certificate = execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    } catch {
      return t.skip('openssl is not installed')
    }
    const [key] = load(certificate)
    assert.deepEqual(key?.algorithms, ['ES256'])
    assert.ok(key?.keyObject.equals(p256.publicKey))
  })

  it('may be a set: encryption keys are passed over, kid comes from each key', () => {
    const keys = [
      { ...publicJwk(rsa), kid: 'r' },
      { ...publicJwk(rsa), kid: 'x', use: 'enc', alg: 'RSA-OAEP' },
      { ...publicJwk(p256), kid: 'e', key_ops: ['verify'] },
      { ...publicJwk(p384), key_ops: ['deriveKey'] },
    ]
    assert.deepEqual(
      load({ keys }).map((key) => key.kid),
      ['r', 'e'],
    )
  })

  it('gets its kid from the configuration first', () => {
    assert.equal(load(publicPem(rsa), 'a')[0]?.kid, 'a')
    assert.equal(load({ ...publicJwk(rsa), kid: 'b' })[0]?.kid, 'b')
    assert.equal(load({ ...publicJwk(rsa), kid: 'b' }, 'a')[0]?.kid, 'a')
  })

  it('may be Ed25519, alone and in a set', () => {
    const both = ['EdDSA', 'Ed25519']
    assert.deepEqual(load(publicPem(ed25519))[0]?.algorithms, both)
    assert.deepEqual(load(publicJwk(ed25519))[0]?.algorithms, both)
    const set = load({ keys: [publicJwk(rsa), { ...publicJwk(ed25519), alg: 'EdDSA' }] })
    assert.deepEqual(
      set.map(({ algorithms }) => algorithms),
      [rsaAlgorithms, ['EdDSA']],
    )
  })

  const x25519 = generateKeys('x25519')
  const weak = generateKeys('rsa', { modulusLength: 1024 })
  const bitcoin = generateKeys('ec', { namedCurve: 'secp256k1' })
  const refused: [string, string | object, RegExp][] = [
    ['X25519', publicPem(x25519), /received x25519/],
    ['an X25519 JWK', publicJwk(x25519), /received x25519/],
    ['X25519 in a set', { keys: [publicJwk(rsa), publicJwk(x25519)] }, /key 2: .*received x25519/],
    ['RSA of 1024 bits', publicPem(weak), /at least 2048 bits, received 1024/],
    ['another curve', publicPem(bitcoin), /received ec on secp256k1/],
    ['a JWK for encryption', { ...publicJwk(rsa), use: 'enc' }, /for another use/],
    ['a JWK with an algorithm of another type', { ...publicJwk(rsa), alg: 'HS256' }, /RS256.*received "HS256"/],
    ['a JWK with alg none', { ...publicJwk(rsa), alg: 'none' }, /received "none"/],
    ['a short secret JWK', { kty: 'oct', k: 'c2hvcnQ' }, /at least 32 bytes, received 5/],
    ['a secret JWK without k', { kty: 'oct' }, /in "k"/],
    ['a JWK with a kid that is no string', { ...publicJwk(rsa), kid: 7 }, /"kid", received a number/],
    ['a JWK without kty', {}, /"kty"/],
    ['a set without keys', { keys: [] }, /at least one signature key/],
    ['a set that is no array', { keys: {} }, /an array of keys/],
    ['a set of nulls', { keys: [null] }, /key 1: expected a JWK/],
    ['broken JSON', '{"kty":', /not JSON/],
    ['an empty file', '', /received 0 PEM blocks/],
    ['rubbish', 'rubbish', /received 0 PEM blocks/],
    ['two keys', publicPem(rsa) + publicPem(p256), /received 2 PEM blocks/],
    ['a PEM without a key in it', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', /cannot be read/],
  ]
  for (const [title, content, message] of refused) {
    it(`may not be ${title}`, () => {
      const file = keyFile(content)
      assert.throws(
        () => loadVerificationKeys({ keyFiles: [{ file }] }),
        (error: Error) => error.message.startsWith(file) && message.test(error.message),
      )
    })
  }

  it('may not be an encrypted private key', () => {
    const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' })
    assert.throws(() => load(pem), /unencrypted/)
  })

  it('must exist', () => {
    assert.throws(() => loadVerificationKeys({ keyFiles: [{ file: '/no/such/key' }] }), /\/no\/such\/key.*ENOENT/)
  })

  it('cannot give one kid to a whole set', () => {
    assert.throws(() => load({ keys: [publicJwk(rsa), publicJwk(p256)] }, 'a'), /kid "a".*a set of 2/)
  })
})
