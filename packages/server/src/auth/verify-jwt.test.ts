import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { describe, it } from 'node:test'
import { type Forgery, forgeToken } from './test-support/forge-token.js'
import { ed25519, keyFile, p256, p384, p521, publicJwk, publicPem, rsa, secret } from './test-support/test-keys.js'
import { TokenError } from './token-error.js'
import type { VerificationKeys } from './verification-key.js'
import { loadVerificationKeys } from './verification-keys.js'
import { type TokenRules, verifyJwt } from './verify-jwt.js'

const now = 1_800_000_000
const rules: TokenRules = { leewaySeconds: 30, now }
const claims = { sub: 'alice', exp: now + 3600 }
const secretKeys = loadVerificationKeys({ jwtSecret: secret, keyFiles: [] })

const hs = (payload: unknown, header?: unknown) => forgeToken({ header, payload, key: secret })
const keysOf = (...pairs: (typeof rsa)[]) =>
  loadVerificationKeys({ keyFiles: pairs.map((pair) => ({ file: keyFile(publicPem(pair)) })) })

async function accepts(token: string, keys: VerificationKeys = secretKeys, use: TokenRules = rules): Promise<void> {
  assert.equal((await verifyJwt(token, keys, use)).sub, 'alice')
}

async function refuses(
  token: string,
  message: RegExp,
  keys: VerificationKeys = secretKeys,
  use: TokenRules = rules,
): Promise<void> {
  await assert.rejects(
    () => verifyJwt(token, keys, use),
    (error: unknown) => error instanceof TokenError && message.test(error.message),
  )
}

describe('U8: algorithms', () => {
  const keys = [...secretKeys, ...keysOf(rsa, p256, p384, p521, ed25519)]
  const signers: [string[], Forgery['key']][] = [
    [['HS256', 'HS384', 'HS512'], secret],
    [['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'], rsa.privateKey],
    [['ES256'], p256.privateKey],
    [['ES384'], p384.privateKey],
    [['ES512'], p521.privateKey],
    [['EdDSA', 'Ed25519'], ed25519.privateKey],
  ]
  for (const [algorithms, key] of signers) {
    for (const alg of algorithms) {
      it(`verifies ${alg}`, async () => {
        const token = forgeToken({ payload: claims, alg, key: key as string })
        await accepts(token, keys)
        const [header, , signature] = token.split('.')
        const other = Buffer.from(JSON.stringify({ ...claims, sub: 'mallory' })).toString('base64url')
        await refuses(`${header}.${other}.${signature}`, /a signature by a configured key/, keys)
      })
    }
  }

  for (const alg of ['none', 'None', 'NONE', 'nOnE', 'none ', ' none', '', 'no\u017fe']) {
    it(`refuses alg ${JSON.stringify(alg)}, signed or not`, async () => {
      await refuses(forgeToken({ header: { alg }, payload: claims }), /empty/)
      await refuses(hs(claims, { alg }), /"alg" to be one of HS256/)
    })
  }

  const rsaKeys = keysOf(rsa)
  const asSecret: [string, string | Buffer][] = [
    ['PEM', publicPem(rsa)],
    ['trimmed PEM', publicPem(rsa).trim()],
    ['PKCS#1 PEM', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['DER', rsa.publicKey.export({ type: 'spki', format: 'der' })],
    ['JWK', JSON.stringify(publicJwk(rsa))],
  ]
  for (const [form, key] of asSecret) {
    it(`refuses HMAC by the ${form} of the public key`, async () => {
      for (const keys of [rsaKeys, [...secretKeys, ...rsaKeys]]) {
        const header = { alg: 'HS256', typ: 'JWT' }
        const token = forgeToken({ header, payload: claims, key: key as never })
        await refuses(token, /"alg" to be one of|a signature by a configured key/, keys)
        await refuses(
          forgeToken({ header: { alg: 'RS256' }, payload: claims, key: key as never }),
          /a signature|"alg"/,
          keys,
        )
      }
    })
  }

  const swaps: [string, string][] = [
    ['RS256', 'PS256'],
    ['PS256', 'RS256'],
    ['RS256', 'RS512'],
    ['RS256', 'ES256'],
    ['ES256', 'RS256'],
    ['ES256', 'ES384'],
    ['HS256', 'HS512'],
    ['HS256', 'RS256'],
    ['RS256', 'hs256'],
    ['HS256', 'HS256 '],
  ]
  for (const [signed, claimed] of swaps) {
    it(`refuses a signature made with ${signed} under the name ${JSON.stringify(claimed)}`, async () => {
      const key = { H: secret, R: rsa.privateKey, P: rsa.privateKey, E: p256.privateKey }[signed[0] as 'H']
      await refuses(forgeToken({ header: { alg: claimed }, payload: claims, alg: signed, key }), /./, keys)
    })
  }

  it('refuses another key of the same type', async () => {
    await refuses(forgeToken({ payload: claims, key: `${secret}!` }), /a signature/)
  })

  it('U9: refuses every token when no key is configured', () => refuses(hs(claims), /token_secret or keys/, []))
})

describe('the form of a token', () => {
  const good = hs(claims)
  const forms: [string, string][] = [
    ['nothing', ''],
    ['one part', 'abc'],
    ['two parts', good.split('.').slice(0, 2).join('.')],
    ['four parts', `${good}.x`],
    ['five parts', `${good}.x.y`],
    ['dots', '..'],
    ['an empty payload', good.replace(/\..*\./, '..')],
    ['padding', `${good}=`],
    ['a line feed', `${good}\n`],
    ['base64 letters', `${good.slice(0, -2)}+/`],
    ['a megabyte', hs({ ...claims, pad: 'x'.repeat(1_000_000) })],
    ['one character too many', 'x'.repeat(8193)],
  ]
  for (const [title, token] of forms) {
    it(`refuses ${title}`, () => refuses(token, /three parts|base64url|at most 8192/))
  }

  it('refuses every other spelling of the last character, for a secret and for RSA', async () => {
    const rsaToken = forgeToken({ payload: claims, alg: 'RS256', key: rsa.privateKey })
    for (const [token, keys] of [[good, secretKeys] as const, [rsaToken, keysOf(rsa)] as const]) {
      const stem = token.slice(0, -1)
      for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
        if (stem + last !== token) await refuses(stem + last, /base64url|a signature/, keys)
      }
    }
  })

  it('takes a token of 8192 characters', async () => {
    const pad = 'x'.repeat(5500)
    await accepts(
      hs({ ...claims, pad, more: 'x'.repeat(Math.floor((8192 - hs({ ...claims, pad, more: '' }).length) * 0.75)) }),
    )
  })

  const headers: [string, unknown, RegExp][] = [
    ['text', '"HS256"', /a JSON object as header/],
    ['an array', [], /a JSON object as header/],
    ['null', 'null', /a JSON object as header/],
    ['rubbish', '{', /JSON in the header/],
    ['without alg', {}, /a string as "alg"/],
    ['alg as array', { alg: ['HS256'] }, /a string as "alg"/],
    ['alg twice', '{"alg":"none","alg":"HS256"}', /once/],
    ['crit unknown', { alg: 'HS256', crit: ['exp'] }, /crit/],
    ['crit empty', { alg: 'HS256', crit: [] }, /crit/],
    ['crit null', { alg: 'HS256', crit: null }, /crit/],
    ['b64 false', { alg: 'HS256', b64: false }, /b64/],
    ['b64 text', { alg: 'HS256', b64: 'false' }, /b64/],
  ]
  for (const [title, header, message] of headers) {
    it(`refuses a header: ${title}`, () => refuses(hs(claims, header), message))
  }

  const payloads: [string, unknown][] = [
    ['text', '"alice"'],
    ['an array', [claims]],
    ['null', 'null'],
    ['a number', '1'],
    ['rubbish', 'sub=alice'],
    ['nothing but blanks', ' '],
    ['a claim twice', `{"sub":"mallory","sub":"alice","exp":${now + 60}}`],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ]
  for (const [title, payload] of payloads) {
    it(`refuses a payload: ${title}`, async () => {
      await refuses(hs(payload), /./)
      await refuses(hs(payload, { alg: 'HS256' }), /./)
    })
  }

  it('never names the token in the reason', async () => {
    for (const token of [good.slice(0, -2), hs('{"sub":"secret-claim"', { alg: 'HS256' }), 'secret-claim']) {
      await refuses(token, /^(?!.*(eyJ|secret-claim)).*$/)
    }
  })
})

describe('kid and embedded keys', () => {
  const file = keyFile(publicPem(rsa))
  const named = loadVerificationKeys({ jwtSecret: secret, keyFiles: [{ kid: 'current', file }] })
  const rs = (header: object) =>
    forgeToken({ header: { alg: 'RS256', ...header }, payload: claims, alg: 'RS256', key: rsa.privateKey })

  it('picks the named key', () => accepts(rs({ kid: 'current' }), named))
  it('tries every key for a token without kid', async () => {
    await accepts(rs({}), named)
    await accepts(hs(claims), named)
  })
  it('ignores kid while no configured key has one', () => accepts(hs(claims, { alg: 'HS256', kid: 'any' })))
  it('keeps a named key to its own tokens', async () => {
    await refuses(hs(claims, { alg: 'HS256', kid: 'current' }), /"alg" to be one of RS256/, named)
  })

  for (const kid of ['unknown', '', 'CURRENT', '../../../../dev/null', "' OR 1=1 --", '__proto__', 'constructor']) {
    it(`refuses kid ${JSON.stringify(kid)} when a key has a name`, async () => {
      await refuses(rs({ kid }), /"kid" of a configured key/, named)
      await refuses(hs(claims, { alg: 'HS256', kid }), /"kid" of a configured key/, named)
    })
  }
  for (const kid of [1, null, ['current'], { kid: 'current' }]) {
    it(`refuses kid ${JSON.stringify(kid)}`, () => refuses(rs({ kid }), /a string as "kid"/, named))
  }

  it('tries all keys of one name, as during a change of keys', async () => {
    const keys = loadVerificationKeys({
      keyFiles: [
        { kid: 'k', file: keyFile(publicPem(p256)) },
        { kid: 'k', file },
      ],
    })
    await accepts(rs({ kid: 'k' }), keys)
  })

  const embedded: object[] = [
    { jwk: publicJwk(p256) },
    { jku: 'https://evil.example/keys' },
    { x5u: 'https://evil.example/cert' },
    { x5c: [createPublicKey(publicPem(p256)).export({ type: 'spki', format: 'der' }).toString('base64')] },
  ]
  for (const header of embedded) {
    it(`never uses a key from ${Object.keys(header)[0]}`, async () => {
      const forged = { header: { alg: 'ES256', ...header }, payload: claims, alg: 'ES256', key: p256.privateKey }
      await refuses(forgeToken(forged), /"alg" to be one of/)
      await refuses(forgeToken(forged), /a signature/, keysOf(generateOther()))
      await accepts(hs(claims, { alg: 'HS256', ...header }))
    })
  }

  function generateOther(): typeof rsa {
    return { publicKey: otherP256, privateKey: p256.privateKey }
  }
})

const otherP256 = createPublicKey({
  key: {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  },
  format: 'jwk',
})

describe('times', () => {
  const cases: [string, Record<string, unknown>, RegExp | undefined][] = [
    ['exp missing', { exp: undefined }, /tokens must expire/],
    ['exp null', { exp: null }, /"exp" in seconds/],
    ['exp as text', { exp: String(now + 60) }, /"exp" in seconds/],
    ['exp as array', { exp: [now + 60] }, /"exp" in seconds/],
    ['exp 1e308', { exp: 1e308 }, /too large/],
    ['exp in milliseconds', { exp: (now + 60) * 1000 }, /too large/],
    ['exp negative', { exp: -1 }, /expired/],
    ['exp 0', { exp: 0 }, /expired/],
    ['exp true', { exp: true }, /"exp" in seconds/],
    ['exp a second ago, within leeway', { exp: now - 1 }, undefined],
    ['exp just within leeway', { exp: now - 29.5 }, undefined],
    ['exp at the end of leeway', { exp: now - 30 }, /expired/],
    ['exp with a fraction', { exp: now + 0.5 }, undefined],
    ['nbf past', { nbf: now - 1 }, undefined],
    ['nbf within leeway', { nbf: now + 30 }, undefined],
    ['nbf future', { nbf: now + 31 }, /"nbf" lies in the future/],
    ['nbf as text', { nbf: '0' }, /"nbf" in seconds/],
    ['nbf null', { nbf: null }, /"nbf" in seconds/],
    ['iat past', { iat: 0 }, undefined],
    ['iat within leeway', { iat: now + 30 }, undefined],
    ['iat future', { iat: now + 31 }, /"iat" lies in the future/],
    ['iat as text', { iat: 'yesterday' }, /"iat" in seconds/],
  ]
  for (const [title, more, message] of cases) {
    it(`${message === undefined ? 'accepts' : 'refuses'} ${title}`, async () => {
      const token = hs({ ...claims, ...more })
      if (message === undefined) await accepts(token)
      else await refuses(token, message)
    })
  }

  it('refuses exp as 1e999, which JSON.parse makes infinite', async () => {
    await refuses(hs('{"sub":"alice","exp":1e999}'), /too large/)
  })

  it('refuses when the clock or the leeway is no number', async () => {
    await refuses(hs(claims), /expired/, secretKeys, { leewaySeconds: Number.NaN, now })
    await refuses(hs(claims), /expired/, secretKeys, { leewaySeconds: 30, now: Number.NaN })
  })

  it('uses the clock of the system by default', async () => {
    await accepts(hs({ sub: 'alice', exp: Date.now() / 1000 + 60 }), secretKeys, { leewaySeconds: 0 })
    await refuses(hs({ sub: 'alice', exp: Date.now() / 1000 - 60 }), /expired/, secretKeys, { leewaySeconds: 0 })
  })
})

describe('audience and issuer', () => {
  const cases: [string, Partial<TokenRules>, object, boolean][] = [
    ['aud when none is configured', {}, { aud: 'anybody' }, true],
    ['aud equal', { audience: 'api' }, { aud: 'api' }, true],
    ['aud among several', { audience: 'api' }, { aud: ['web', 'api'] }, true],
    ['aud one of ours', { audience: ['api', 'admin'] }, { aud: 'admin' }, true],
    ['aud missing', { audience: 'api' }, {}, false],
    ['aud wrong', { audience: 'api' }, { aud: 'web' }, false],
    ['aud a longer word', { audience: 'api' }, { aud: 'api2' }, false],
    ['aud another case', { audience: 'api' }, { aud: 'API' }, false],
    ['aud empty array', { audience: 'api' }, { aud: [] }, false],
    ['aud nested array', { audience: 'api' }, { aud: [['api']] }, false],
    ['aud object', { audience: 'api' }, { aud: { api: 'api' } }, false],
    ['aud null', { audience: 'api' }, { aud: null }, false],
    ['iss equal', { issuer: 'https://id' }, { iss: 'https://id' }, true],
    ['iss one of ours', { issuer: ['a', 'b'] }, { iss: 'b' }, true],
    ['iss missing', { issuer: 'https://id' }, {}, false],
    ['iss wrong', { issuer: 'https://id' }, { iss: 'https://id/' }, false],
    ['iss array', { issuer: 'https://id' }, { iss: ['https://id'] }, false],
    ['both', { audience: 'api', issuer: 'id' }, { aud: 'api', iss: 'id' }, true],
    ['one of both', { audience: 'api', issuer: 'id' }, { aud: 'api' }, false],
  ]
  for (const [title, more, extra, accepted] of cases) {
    it(`${accepted ? 'accepts' : 'refuses'} ${title}`, async () => {
      const token = hs({ ...claims, ...extra })
      if (accepted) await accepts(token, secretKeys, { ...rules, ...more })
      else await refuses(token, /"aud"|"iss"/, secretKeys, { ...rules, ...more })
    })
  }
})
