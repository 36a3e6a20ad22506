import { generateKeys } from '@easyrest/protocol/testing'
import { type Forgery, forgeToken } from 'easyrest-server/testing'
import type { Header } from '../../support/http.js'
import { secondsFromNow, testSecret } from '../../support/token.js'
import { audience, issuer } from './setups.js'

/** What somebody sends to say who he is. */
export interface Credential {
  readonly title: string
  readonly headers: readonly Header[]
  /** absent: none was sent; bad: one that does not hold, whatever the configuration. */
  readonly kind: 'absent' | 'bad' | 'good'
  /** Of a good one. */
  readonly scopes: readonly string[]
  /** It names the audience and the issuer that one of the configurations asks for. */
  readonly isAddressed: boolean
}

export const rsa = generateKeys('rsa', { modulusLength: 2048 })
export const ec = generateKeys('ec', { namedCurve: 'P-256' })
const stranger = generateKeys('rsa', { modulusLength: 2048 })
const strangeEc = generateKeys('ec', { namedCurve: 'P-256' })

export const publicPem = (pair: typeof rsa | typeof ec): string =>
  pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()

const claims = { sub: 'alice', scope: 'users-read', aud: audience, iss: issuer, exp: secondsFromNow(3600) }

const bearer = (token: string): Header[] => [['Authorization', `Bearer ${token}`]]
const hs = (payload: unknown, header?: unknown): string => forgeToken({ header, payload, key: testSecret })
const forged = (forgery: Forgery): string => forgeToken({ payload: claims, ...forgery })
const rs = (header: object, key = rsa.privateKey): string =>
  forged({ header: { alg: 'RS256', ...header }, alg: 'RS256', key })
const es = (header: object, key = ec.privateKey): string =>
  forged({ header: { alg: 'ES256', ...header }, alg: 'ES256', key })

const bad = (title: string, headers: readonly Header[]): Credential => ({
  title,
  headers,
  kind: 'bad',
  scopes: [],
  isAddressed: false,
})
const badToken = (title: string, token: string): Credential => bad(title, bearer(token))

const good = (title: string, scopes: readonly string[], token: string, isAddressed = true): Credential => ({
  title,
  headers: bearer(token),
  kind: 'good',
  scopes,
  isAddressed,
})

const der = rsa.publicKey.export({ type: 'spki', format: 'der' })
const jwk = JSON.stringify(rsa.publicKey.export({ format: 'jwk' }))
const fine = hs(claims)
const [header = '', payload = '', signature = ''] = fine.split('.')

/** Another spelling of the same signature bytes: the last character has bits that say nothing. */
const respelled = `${header}.${payload}.${signature.slice(0, -1)}${nextCharacter(signature.at(-1) ?? '')}`

export const credentials: readonly Credential[] = [
  { title: 'none', headers: [], kind: 'absent', scopes: [], isAddressed: false },

  bad('an empty header', [['Authorization', '']]),
  bad('Basic', [['Authorization', 'Basic YWxpY2U6c2VjcmV0']]),
  bad('the word alone', [['Authorization', 'Bearer']]),
  bad('a token without the word', [['Authorization', fine]]),
  bad('two words', [['Authorization', `Bearer ${fine} ${fine}`]]),
  bad('two headers', [...bearer(fine), ...bearer(fine)]),
  ...['a', 'a.b', 'a.b.c', '..', 'a.b.c.d', `${header}.${payload}`, `${fine}.`, `.${fine}`].map((token) =>
    badToken(`malformed: ${token.slice(0, 10)}`, token),
  ),
  badToken('padding', `${fine}=`),
  badToken('another spelling of the signature', respelled),
  badToken('a token that is too long', hs({ ...claims, x: 'x'.repeat(9000) })),

  ...['none', 'None', 'NONE', 'nOnE', 'none ', ' none', '', 'HS1'].flatMap((alg) => [
    badToken(`alg ${JSON.stringify(alg)}, not signed`, forged({ header: { alg } })),
    badToken(`alg ${JSON.stringify(alg)}, signed`, hs(claims, { alg })),
  ]),
  badToken('another secret', forged({ key: `${testSecret}x` })),
  badToken('no secret', forged({ key: '' })),
  badToken('a secret by the public PEM', forged({ key: publicPem(rsa) })),
  badToken(
    'a secret by the public PEM, under its name',
    forged({ header: { alg: 'HS256', kid: 'r' }, key: publicPem(rsa) }),
  ),
  badToken('a secret by the public DER', forged({ key: der })),
  badToken('a secret by the public JWK', forged({ key: jwk })),
  badToken('RS256 by a stranger', rs({}, stranger.privateKey)),
  badToken('ES256 by a stranger', es({}, strangeEc.privateKey)),
  badToken('RS256 called PS256', rs({ alg: 'PS256' })),
  badToken('PS256 called RS256', forged({ header: { alg: 'RS256' }, alg: 'PS256', key: rsa.privateKey })),
  badToken('ES256 called RS256', es({ alg: 'RS256' })),
  badToken('HS256 called RS256', hs(claims, { alg: 'RS256' })),

  badToken('crit', hs(claims, { alg: 'HS256', crit: ['x'], x: 1 })),
  badToken('b64', hs(claims, { alg: 'HS256', b64: false })),
  ...['../../../../dev/null', "' OR 1=1 --", '__proto__', 'constructor', 'unknown', ''].map((kid) =>
    badToken(`kid ${kid}`, hs(claims, { alg: 'HS256', kid })),
  ),
  badToken('kid of another key', rs({ kid: 'e' })),
  badToken('kid that is no text', hs(claims, { alg: 'HS256', kid: ['r'] })),
  badToken('its own jwk', rs({ jwk: stranger.publicKey.export({ format: 'jwk' }) }, stranger.privateKey)),
  ...['jku', 'x5u'].map((name) => badToken(name, rs({ [name]: 'https://evil.example/keys' }, stranger.privateKey))),
  badToken('x5c', rs({ x5c: ['MIIB'] }, stranger.privateKey)),

  badToken('expired', hs({ ...claims, exp: secondsFromNow(-3600) })),
  badToken('not before', hs({ ...claims, nbf: secondsFromNow(3600) })),
  badToken('made tomorrow', hs({ ...claims, iat: secondsFromNow(86_400) })),
  badToken('exp as text', hs({ ...claims, exp: String(claims.exp) })),
  badToken('exp 1e308', hs({ ...claims, exp: 1e308 })),
  badToken('exp negative', hs({ ...claims, exp: -1 })),
  badToken('exp in milliseconds', hs({ ...claims, exp: claims.exp * 1000 })),
  badToken('no exp', hs({ ...claims, exp: undefined })),
  badToken('a claim twice', hs(`{"scope":"users-read","scope":"write","exp":${claims.exp}}`)),
  badToken('a claim twice but for case', hs({ ...claims, SCOPE: 'write' })),
  ...['"alice"', '[]', 'null', '1', '{'].map((text) => badToken(`payload ${text}`, hs(text))),

  good('a reader', ['users-read'], fine),
  good('a reader, RS256 by name', ['users-read'], rs({ kid: 'r' })),
  good('a reader, PS256', ['users-read'], forged({ header: { alg: 'PS256' }, alg: 'PS256', key: rsa.privateKey })),
  good('a reader, ES256', ['users-read'], es({ kid: 'e' })),
  good('a writer', ['users-write'], hs({ ...claims, scope: 'users-write' })),
  good('one who reads all', ['read'], hs({ ...claims, scope: ['read'] })),
  good('one who writes all', ['write'], hs({ ...claims, scope: undefined, scp: 'write' })),
  good('one who may do all', ['read', 'write'], hs({ ...claims, scope: 'read write', aud: ['x', audience] })),
  good('a caller', ['add-read', 'add-write'], hs({ ...claims, scope: ' add-read  add-write ' })),
  good('somebody without scopes', [], hs({ ...claims, scope: undefined })),
  good(
    'scopes that look alike',
    ['users-reader', 'xusers-read', 'users-read,x'],
    hs({ ...claims, scope: 'users-reader xusers-read users-read,x' }),
  ),
  good('scopes in an object', [], hs({ ...claims, scope: { scope: 'read write' } })),
  good(
    'scopes under __proto__',
    [],
    hs(`{"__proto__":{"scope":"read write"},"aud":"${audience}","iss":"${issuer}","exp":${claims.exp}}`),
  ),
  good('a reader of the table as it is not spelled', ['USERS-read'], hs({ ...claims, scope: 'USERS-read' })),
  good('no audience', ['users-read'], hs({ ...claims, aud: undefined }), false),
  good('another audience', ['users-read'], hs({ ...claims, aud: ['x', `${audience} `] }), false),
  good('an audience that is an object', ['users-read'], hs({ ...claims, aud: { 0: audience } }), false),
  good('another issuer', ['users-read'], hs({ ...claims, iss: `${issuer}/` }), false),
]

/** Those that stand for the others where not all are tried. */
export const chosen: readonly Credential[] = credentials.filter(({ title }) =>
  ['none', 'another secret', 'a reader', 'one who may do all'].includes(title),
)

function nextCharacter(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(character) + 1] ?? alphabet[alphabet.indexOf(character) - 1] ?? ''
}
