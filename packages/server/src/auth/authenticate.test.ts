import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ApiError } from '../errors.js'
import { type AccessRulesSettings, createAccessRules } from './access-rules.js'
import { type AuthenticatorSettings, createAuthenticator } from './authenticate.js'
import { authorize } from './authorize.js'
import { RemoteKeys } from './remote-keys.js'
import { forgeToken } from './test-support/forge-token.js'
import { keyFile, p256, publicJwk, publicPem, rsa, secret } from './test-support/test-keys.js'

const now = 1_800_000_000
const settings: AuthenticatorSettings = {
  jwtSecret: secret,
  keyFiles: [],
  leewaySeconds: 30,
  tokenType: 'Bearer',
  userClaim: 'sub',
}
const claims = { sub: 'alice', scope: 'users-read', exp: now + 3600 }

const create = (more: Partial<AuthenticatorSettings> = {}, clock = () => now * 1000) =>
  createAuthenticator({ ...settings, ...more }, { now: clock })
const bearer = (payload: unknown, header?: unknown) => `Bearer ${forgeToken({ header, payload, key: secret })}`

async function failure(run: () => Promise<unknown>): Promise<ApiError> {
  try {
    await run()
  } catch (error) {
    assert.ok(error instanceof ApiError, `expected an ApiError, received ${error}`)
    return error
  }
  return assert.fail('expected an error, received none')
}

// ---- The matrix: class of credential x configuration x action -> status. The expectation was written first.

type CredentialClass = 'absent' | 'bad' | 'reader' | 'writer' | 'without scope'
type Setup = 'normal' | 'no key' | 'anonymous reader' | 'public table' | 'scope check off' | 'excluded table'

function expectedStatus(credential: CredentialClass, setup: Setup, action: 'read' | 'write'): number {
  // A bad credential is 401 everywhere; without a key every credential is bad.
  if (credential === 'bad') return 401
  if (setup === 'no key' && credential !== 'absent') return 401
  if (setup === 'excluded table') return 404
  if (setup === 'public table' && action === 'read') return 200
  if (credential === 'absent') {
    if (setup !== 'anonymous reader') return 401
    return action === 'read' ? 200 : 403
  }
  if (setup === 'scope check off') return 200
  return credential === (action === 'read' ? 'reader' : 'writer') ? 200 : 403
}

const setups: Record<Setup, [Partial<AuthenticatorSettings>, Partial<AccessRulesSettings>]> = {
  normal: [{}, {}],
  'no key': [{ jwtSecret: undefined }, {}],
  'anonymous reader': [{ anonClaims: { scope: 'users-read' } }, { anonymousAllowed: true }],
  'public table': [{}, { public: { tables: ['users'] } }],
  'scope check off': [{}, { checkScope: false }],
  'excluded table': [{}, { exclude: { tables: ['users'] } }],
}

const pem = publicPem(rsa)
const raw = (payload: string) => bearer(payload)
const credentials: [string, string | undefined, CredentialClass][] = [
  ['none', undefined, 'absent'],
  ['empty', '', 'bad'],
  ['blank', ' ', 'bad'],
  ['scheme alone', 'Bearer', 'bad'],
  ['scheme and blank', 'Bearer ', 'bad'],
  ['Basic', 'Basic YWxpY2U6c2VjcmV0', 'bad'],
  ['token without scheme', bearer(claims).slice(7), 'bad'],
  ['two tokens', `${bearer(claims)} ${bearer(claims).slice(7)}`, 'bad'],
  ['two credentials', `${bearer(claims)}, ${bearer(claims)}`, 'bad'],
  ['no-break space', bearer(claims).replace(' ', '\u00a0'), 'bad'],
  ['tab', bearer(claims).replace(' ', '\t'), 'bad'],
  ['quoted', bearer(claims).replace(/ (.*)/, ' "$1"'), 'bad'],
  ['malformed', 'Bearer a.b.c', 'bad'],
  ['unsigned', `Bearer ${forgeToken({ header: { alg: 'none' }, payload: claims })}`, 'bad'],
  ['alg none, signed', bearer(claims, { alg: 'none' }), 'bad'],
  ['wrong key', `Bearer ${forgeToken({ payload: claims, key: `${secret}x` })}`, 'bad'],
  ['empty key', `Bearer ${forgeToken({ payload: claims, key: '' })}`, 'bad'],
  ['HS by PEM', `Bearer ${forgeToken({ payload: claims, key: pem })}`, 'bad'],
  ['RS by a stranger', `Bearer ${forgeToken({ payload: claims, alg: 'RS256', key: rsa.privateKey })}`, 'bad'],
  ['embedded jwk', bearer(claims, { alg: 'ES256', jwk: publicJwk(p256) }), 'bad'],
  ['crit', bearer(claims, { alg: 'HS256', crit: ['x'], x: 1 }), 'bad'],
  ['b64 false', bearer(claims, { alg: 'HS256', b64: false }), 'bad'],
  ['expired', bearer({ ...claims, exp: now - 31 }), 'bad'],
  ['exp missing', bearer({ ...claims, exp: undefined }), 'bad'],
  ['exp text', bearer({ ...claims, exp: '9999999999' }), 'bad'],
  ['exp 1e308', bearer({ ...claims, exp: 1e308 }), 'bad'],
  ['exp negative', bearer({ ...claims, exp: -1 }), 'bad'],
  ['nbf future', bearer({ ...claims, nbf: now + 60 }), 'bad'],
  ['iat future', bearer({ ...claims, iat: now + 60 }), 'bad'],
  ['claim twice', raw(`{"scope":"users-read","scope":"write","exp":${now + 60}}`), 'bad'],
  ['claim twice but for case', bearer({ ...claims, SCOPE: 'write' }), 'bad'],
  ['payload text', raw('"alice"'), 'bad'],
  ['payload array', raw('[]'), 'bad'],
  ['payload null', raw('null'), 'bad'],
  ['a megabyte', `Bearer ${'a'.repeat(1_000_000)}`, 'bad'],
  ['padding', `${bearer(claims)}=`, 'bad'],
  ['good', bearer(claims), 'reader'],
  ['K3: scheme in small letters', bearer(claims).replace('Bearer', 'bearer'), 'reader'],
  ['scheme in capitals, more blanks', bearer(claims).replace('Bearer', 'BEARER  '), 'reader'],
  ['scope as array', bearer({ ...claims, scope: ['users-read'] }), 'reader'],
  ['scp', bearer({ ...claims, scope: undefined, scp: 'users-read' }), 'reader'],
  ['general read', bearer({ ...claims, scope: 'read' }), 'reader'],
  ['kid nobody asked for', bearer(claims, { alg: 'HS256', kid: '../../etc/passwd' }), 'reader'],
  ['writer', bearer({ ...claims, scope: 'users-write' }), 'writer'],
  ['general write', bearer({ ...claims, scope: ['write'] }), 'writer'],
  ['no scope', bearer({ ...claims, scope: undefined }), 'without scope'],
  ['scope nested', bearer({ ...claims, scope: { scope: 'users-read' } }), 'without scope'],
  ['scope nested in an array', bearer({ ...claims, scope: [['users-read']] }), 'without scope'],
  ['scope that looks alike', bearer({ ...claims, scope: 'users-reader xusers-read users-read,x' }), 'without scope'],
  ['scope by __proto__', raw(`{"__proto__":{"scope":"read write"},"exp":${now + 60}}`), 'without scope'],
]

describe('U7: credential x configuration x action', () => {
  for (const [setup, [authentication, access]] of Object.entries(setups) as [Setup, (typeof setups)[Setup]][]) {
    const authenticator = create(authentication)
    const rules = createAccessRules({
      checkScope: true,
      anonymousAllowed: false,
      namesAreExact: () => false,
      ...access,
    })
    for (const [title, credential, kind] of credentials) {
      it(`${title} / ${setup}`, async () => {
        for (const action of ['read', 'write'] as const) {
          const status = await statusOf(async () =>
            authorize(await authenticator.authenticate(credential), { table: 'users', action }, rules),
          )
          assert.equal(status, expectedStatus(kind, setup, action), action)
        }
      })
    }
  }

  async function statusOf(run: () => Promise<void>): Promise<number> {
    try {
      await run()
      return 200
    } catch (error) {
      assert.ok(error instanceof ApiError)
      return error.status
    }
  }
})

describe('a refused credential', () => {
  const authenticator = create({ anonClaims: { scope: 'read' } })
  const bad = credentials.filter(([, , kind]) => kind === 'bad')

  it('gets one answer whatever was wrong', async () => {
    const answers: string[] = []
    for (const [, credential] of bad) {
      const refusal = await failure(() => authenticator.authenticate(credential))
      const { code, status, detail, hint, headers, members } = refusal
      answers.push(JSON.stringify({ code, status, detail, hint, headers, members }))
    }
    assert.equal(new Set(answers).size, 1)
    assert.match(answers[0] ?? '', /"WWW-Authenticate":"Bearer error=\\"invalid_token\\""/)
  })

  it('leaves its reason in the cause, without the token', async () => {
    for (const [title, credential] of bad) {
      const cause = (await failure(() => authenticator.authenticate(credential))).cause as Error
      assert.equal(cause.name, 'TokenError', title)
      assert.match(cause.message, /^expected .*/, title)
      const token = credential?.split(' ').at(-1) ?? ''
      if (token.length > 10) assert.ok(!`${cause.message}${cause.stack}`.includes(token.slice(0, 10)), title)
    }
  })

  it('is an ApiError for whatever text comes', async () => {
    const parts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.constantFrom('eyJhbGciOiJIUzI1NiJ9', 'e30', ''),
    )
    const tokens = fc.array(parts, { maxLength: 5 }).map((list) => list.join('.'))
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      tokens.map((token) => `Bearer ${token}`),
    )
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        assert.equal((await failure(() => authenticator.authenticate(text))).status, 401)
      }),
      { numRuns: 2000 },
    )
  })

  it('is an ApiError or an identity for any signed payload', async () => {
    const strict = create()
    const extras = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 })
    await fc.assert(
      fc.asyncProperty(extras, fc.boolean(), async (extra, valid) => {
        const authorization = bearer(valid ? { ...extra, ...claims, nbf: 0, iat: 0 } : extra)
        try {
          assert.equal((await strict.authenticate(authorization)).anonymous, false)
        } catch (error) {
          assert.ok(error instanceof ApiError && error.status === 401)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is an ApiError for a payload nested as deep as fits', async () => {
    const deep = `{"sub":"alice","exp":${now + 60},"x":${'['.repeat(2900)}${']'.repeat(2900)}}`
    assert.equal((await create().authenticate(raw(deep))).subject, 'alice')
    assert.equal((await failure(() => create().authenticate(raw(deep.slice(0, -1))))).status, 401)
  })
})

describe('an accepted credential', () => {
  it('becomes an identity', async () => {
    const identity = await create().authenticate(bearer({ ...claims, Role: 'admin' }))
    assert.equal(identity.subject, 'alice')
    assert.equal(identity.claims.role, 'admin')
    assert.deepEqual([...identity.scopes], ['users-read'])
    assert.equal(identity.anonymous, false)
    assert.deepEqual(JSON.parse(identity.claimsJson), { ...claims, role: 'admin' })
  })

  it('keeps two users apart whose numbers differ in the last digit', async () => {
    const subjectOf = async (sub: string) =>
      (await create().authenticate(raw(`{"sub":${sub},"exp":${now + 60}}`))).subject
    assert.equal(await subjectOf('9007199254740992'), '9007199254740992')
    assert.equal(await subjectOf('9007199254740993'), '9007199254740993')
  })

  it('may come with another scheme when one is configured', async () => {
    const authenticator = create({ tokenType: 'JWT' })
    assert.equal((await authenticator.authenticate(bearer(claims).replace('Bearer', 'jwt'))).subject, 'alice')
    const { headers } = await failure(() => authenticator.authenticate(bearer(claims)))
    assert.deepEqual(headers, { 'WWW-Authenticate': 'JWT error="invalid_token"' })
  })

  it('is verified with key files too', async () => {
    const authenticator = create({ jwtSecret: undefined, keyFiles: [{ kid: 'e', file: keyFile(publicJwk(p256)) }] })
    const header = { alg: 'ES256', kid: 'e' }
    const token = forgeToken({ header, payload: claims, alg: 'ES256', key: p256.privateKey })
    assert.equal((await authenticator.authenticate(`Bearer ${token}`)).subject, 'alice')
  })
})

describe('no credential', () => {
  it('is an anonymous identity without rights', async () => {
    const identity = await create().authenticate(undefined)
    assert.deepEqual([identity.anonymous, identity.subject, identity.claimsJson], [true, '', '{}'])
    assert.equal(identity.scopes.size, 0)
  })

  it('carries the configured claims', async () => {
    const identity = await create({ anonClaims: { Role: 'guest', scope: 'a b', sub: 'nobody' } }).authenticate(
      undefined,
    )
    assert.deepEqual([identity.anonymous, identity.subject, identity.claims.role], [true, 'nobody', 'guest'])
    assert.deepEqual([...identity.scopes], ['a', 'b'])
  })
})

describe('the cache', () => {
  it('answers the second time with the same identity', async () => {
    const authenticator = create()
    const first = await authenticator.authenticate(bearer(claims))
    assert.equal(await authenticator.authenticate(bearer(claims)), first)
  })

  it('never outlives exp: in the leeway a token is verified each time, after it refused', async () => {
    let time = now * 1000
    const authenticator = create({}, () => time)
    const authorization = bearer(claims)
    const first = await authenticator.authenticate(authorization)
    time = claims.exp * 1000 - 1
    assert.equal(await authenticator.authenticate(authorization), first)
    time = claims.exp * 1000
    const inLeeway = await authenticator.authenticate(authorization)
    assert.notEqual(inLeeway, first)
    assert.notEqual(await authenticator.authenticate(authorization), inLeeway)
    time = (claims.exp + 30) * 1000
    assert.equal((await failure(() => authenticator.authenticate(authorization))).status, 401)
  })

  it('K15: does not remember for another scheme, nor after a change of the secret', async () => {
    const authenticator = create()
    const authorization = bearer(claims)
    await authenticator.authenticate(authorization)
    await failure(() => authenticator.authenticate(authorization.replace('Bearer', 'Basic')))
    await failure(() => create({ jwtSecret: 'another-secret-of-sufficient-length-0' }).authenticate(authorization))
  })

  it('does not mix tokens', async () => {
    const authenticator = create()
    const names = Array.from({ length: 50 }, (_, i) => `user${i}`)
    for (let round = 0; round < 2; round++) {
      for (const sub of names) assert.equal((await authenticator.authenticate(bearer({ ...claims, sub }))).subject, sub)
    }
  })
})

describe('published keys', () => {
  const url = 'https://id.example/keys'
  const token = (kid: string, pair: typeof p256) =>
    `Bearer ${forgeToken({ header: { alg: 'ES256', kid }, payload: claims, alg: 'ES256', key: pair.privateKey })}`
  const open = (answer: () => string, clock = () => 0) => {
    const fetch = async () => answer()
    return createAuthenticator(
      { ...settings, jwksUrl: url },
      { now: () => now * 1000, remoteKeys: new RemoteKeys(url, { fetch, now: clock }) },
    )
  }
  const setOf = (kid: string) => JSON.stringify({ keys: [{ ...publicJwk(p256), kid }] })

  it('verify tokens beside the configured ones', async () => {
    const authenticator = open(() => setOf('a'))
    assert.equal((await authenticator.authenticate(token('a', p256))).subject, 'alice')
    assert.equal((await authenticator.authenticate(bearer(claims))).subject, 'alice')
    assert.equal((await failure(() => authenticator.authenticate(token('b', p256)))).status, 401)
    await authenticator.ready()
  })

  it('are asked for again when a token names one that is missing', async () => {
    let kid = 'a'
    let time = 0
    const authenticator = open(
      () => setOf(kid),
      () => time,
    )
    await authenticator.authenticate(token('a', p256))
    kid = 'b'
    assert.equal((await failure(() => authenticator.authenticate(token('b', p256)))).status, 401, 'too soon')
    time += 30_000
    assert.equal((await authenticator.authenticate(token('b', p256))).subject, 'alice')
    // It was remembered, and its key is withdrawn.
    assert.equal((await failure(() => authenticator.authenticate(token('a', p256)))).status, 401)
  })

  it('are no reason to call a token bad while there are none', async () => {
    const authenticator = open(() => assert.fail('away'))
    assert.equal((await failure(() => authenticator.authenticate(token('a', p256)))).code, 'unavailable')
    assert.equal((await failure(() => authenticator.authenticate('Bearer rubbish'))).status, 401)
    assert.equal((await authenticator.authenticate(bearer(claims))).subject, 'alice')
    await assert.rejects(authenticator.ready(), /cannot be had: away/)
  })

  it('are kept by the next authenticator of the same URL, and by no other', () => {
    const first = open(() => setOf('a'))
    const next = (jwksUrl?: string) =>
      createAuthenticator({ ...settings, jwksUrl }, { remoteKeys: first.remoteKeys }).remoteKeys
    assert.equal(next(url), first.remoteKeys)
    assert.notEqual(next(`${url}2`), first.remoteKeys)
    assert.equal(next(undefined), undefined)
  })
})

describe('settings that cannot be meant', () => {
  const cases: [string, Partial<AuthenticatorSettings>, RegExp][] = [
    ['an empty audience', { audience: '' }, /^audience: expected/],
    ['no audience in a list', { audience: [] }, /^audience: expected/],
    ['an empty issuer in a list', { issuer: ['id', ''] }, /^issuer: expected/],
    ['a leeway that is no number', { leewaySeconds: Number.NaN }, /^leeway: expected/],
    ['a negative leeway', { leewaySeconds: -1 }, /^leeway: expected/],
    ['an infinite leeway', { leewaySeconds: Number.POSITIVE_INFINITY }, /^leeway: expected/],
    ['an empty token type', { tokenType: '' }, /^token_type: expected/],
    ['a token type of two lines', { tokenType: 'Bearer\r\nX: y' }, /^token_type: expected/],
    ['a short secret', { jwtSecret: 'short' }, /^jwt_secret: expected/],
  ]
  for (const [title, more, message] of cases) {
    it(`refuses ${title}`, () => assert.throws(() => create(more), { message }))
  }
})
