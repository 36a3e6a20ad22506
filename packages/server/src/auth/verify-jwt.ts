import jsonwebtoken, { type Algorithm } from 'jsonwebtoken'
import type { Claims } from './identity.js'
import { parseTokenPart } from './parse-token-part.js'
import { TokenError } from './token-error.js'
import { UnknownKeyError } from './unknown-key-error.js'
import type { SignatureAlgorithm, VerificationKey, VerificationKeys } from './verification-key.js'

export interface TokenRules {
  /** When configured, the token must be meant for one of these. */
  readonly audience?: string | readonly string[] | undefined
  /** When configured, the token must come from one of these. */
  readonly issuer?: string | readonly string[] | undefined
  /** How far the clocks of issuer and server may differ. */
  readonly leewaySeconds: number
  /** Seconds since 1970; the system's clock when not given. */
  readonly now?: number | undefined
}

export type VerifiedClaims = Claims & { readonly exp: number }

const maxTokenLength = 8192
/** Last second of the year 9999. A larger number is no time in seconds; most likely it counts milliseconds. */
const maxTime = 253_402_300_799

/**
 * The claims of a token whose signature, times, audience and issuer hold. jsonwebtoken verifies the signature, and jose
 * those that it does not know; everything they leave open (missing `exp`, payloads that are no object, `crit`) is
 * decided here. Rejects with TokenError, which is an UnknownKeyError when another key could make the token good.
 */
export async function verifyJwt(token: string, keys: VerificationKeys, rules: TokenRules): Promise<VerifiedClaims> {
  const { header, payload } = splitToken(token)
  const { alg, kid } = checkHeader(parseTokenPart(header, 'header'))
  await verifySignature(token, candidates(keys, alg, kid), alg)
  const claims = parseTokenPart(payload, 'payload')
  const exp = checkTimes(claims, rules)
  if (rules.audience !== undefined) checkAudience(claims, rules.audience)
  if (rules.issuer !== undefined) checkIssuer(claims, rules.issuer)
  return { ...claims, exp }
}

function splitToken(token: string): { header: Buffer; payload: Buffer } {
  if (token.length > maxTokenLength) {
    throw new TokenError(`expected a token of at most ${maxTokenLength} characters, received ${token.length}`)
  }
  const parts = token.split('.')
  const [header, payload, signature] = parts.map(decodeBase64Url)
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) {
    throw new TokenError(`expected three parts joined by dots, received ${parts.length}`)
  }
  return { header, payload }
}

/** Only the canonical form: Node's decoder skips foreign characters and stray bits, which gives a token many texts. */
function decodeBase64Url(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  if (part === '' || bytes.toString('base64url') !== part) {
    throw new TokenError('expected parts in base64url without padding, received an empty or different one')
  }
  return bytes
}

/** Reads `alg` and `kid` only. Keys that a token brings along (jwk, jku, x5u, x5c) are never looked at. */
function checkHeader(header: Record<string, unknown>): { alg: string; kid: string | undefined } {
  // RFC 7515 section 4.1.11: an extension that is not understood makes the token invalid, and none is understood.
  if ('crit' in header) throw new TokenError('expected no critical extension, received "crit" in the header')
  if ('b64' in header && header.b64 !== true) throw new TokenError('expected a base64url payload, received "b64"')
  const { alg, kid } = header
  if (typeof alg !== 'string') throw new TokenError(`expected a string as "alg", received ${typeof alg}`)
  if (kid !== undefined && typeof kid !== 'string') {
    throw new TokenError(`expected a string as "kid", received ${typeof kid}`)
  }
  return { alg, kid }
}

/**
 * The keys that may have signed. A `kid` picks by name as soon as any configured key has a name; while none has, it
 * means nothing. A token without `kid` is tried with every key of its algorithm: all of them are trusted.
 */
function candidates(keys: VerificationKeys, alg: string, kid: string | undefined): VerificationKeys {
  if (keys.length === 0) throw new UnknownKeyError('expected a configured key, received none: set token_secret or keys')
  const named = kid !== undefined && keys.some((key) => key.kid !== undefined)
  const chosen = named ? keys.filter((key) => key.kid === kid) : keys
  if (chosen.length === 0) throw new UnknownKeyError(`expected the "kid" of a configured key, received ${quote(kid)}`)
  const able = chosen.filter((key) => key.algorithms.includes(alg as SignatureAlgorithm))
  if (able.length > 0) return able
  const expected = [...new Set(chosen.flatMap((key) => key.algorithms))].join(', ')
  throw new UnknownKeyError(`expected "alg" to be one of ${expected}, received ${quote(alg)}`)
}

async function verifySignature(token: string, keys: VerificationKeys, alg: string): Promise<void> {
  for (const key of keys) if (await signatureHolds(token, key)) return
  throw new UnknownKeyError(`expected a signature by a configured key, received another (alg ${quote(alg)})`)
}

async function signatureHolds(token: string, key: VerificationKey): Promise<boolean> {
  try {
    if (key.keyObject.asymmetricKeyType === 'ed25519') await verifyEdwards(token, key)
    else verifyCommon(token, key)
    return true
  } catch {
    return false
  }
}

function verifyCommon(token: string, { keyObject, algorithms }: VerificationKey): void {
  jsonwebtoken.verify(token, keyObject, {
    algorithms: algorithms as Algorithm[],
    // The times are checked below, by one clock and for every form a claim can have.
    ignoreExpiration: true,
    ignoreNotBefore: true,
  })
}

// Loaded by those who have such a key.
async function verifyEdwards(token: string, { keyObject, algorithms }: VerificationKey): Promise<void> {
  const { compactVerify } = await import('jose')
  await compactVerify(token, keyObject, { algorithms: [...algorithms] })
}

/** Every comparison is written so that a NaN refuses. */
function checkTimes(claims: Claims, rules: TokenRules): number {
  const now = rules.now ?? Date.now() / 1000
  const exp = timeOf(claims, 'exp')
  if (exp === undefined) throw new TokenError('expected the claim "exp", received none: tokens must expire')
  if (!(now < exp + rules.leewaySeconds)) throw new TokenError(`expected a token in time, it expired at ${exp}`)
  for (const name of ['nbf', 'iat']) {
    const time = timeOf(claims, name)
    if (time !== undefined && !(time <= now + rules.leewaySeconds)) {
      throw new TokenError(`expected a token in time, its "${name}" lies in the future at ${time}`)
    }
  }
  return exp
}

function timeOf(claims: Claims, name: string): number | undefined {
  if (!Object.hasOwn(claims, name)) return undefined
  const value = claims[name]
  if (typeof value === 'number' && Math.abs(value) <= maxTime) return value
  const received = typeof value === 'number' ? 'a number too large for that' : typeof value
  throw new TokenError(`expected "${name}" in seconds since 1970, received ${received}`)
}

function checkAudience(claims: Claims, expected: string | readonly string[]): void {
  const audiences: unknown[] = [own(claims, 'aud')].flat()
  if (audiences.some((audience) => includes(expected, audience))) return
  throw new TokenError(`expected "aud" to hold ${list(expected)}, received another or none`)
}

function checkIssuer(claims: Claims, expected: string | readonly string[]): void {
  if (includes(expected, own(claims, 'iss'))) return
  throw new TokenError(`expected "iss" to be ${list(expected)}, received another or none`)
}

function own(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}

function includes(expected: string | readonly string[], value: unknown): boolean {
  return typeof value === 'string' && [expected].flat().includes(value)
}

function list(expected: string | readonly string[]): string {
  return [expected].flat().map(quote).join(' or ')
}

/** Text of a stranger, made safe for one log line. */
function quote(value: string | undefined): string {
  return JSON.stringify((value ?? '').slice(0, 40))
}
