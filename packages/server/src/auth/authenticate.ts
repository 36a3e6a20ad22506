import { type Claims, createIdentity, type Identity } from './identity.js'
import { KeyRing } from './key-ring.js'
import { type KeyFetch, RemoteKeys } from './remote-keys.js'
import { TokenCache } from './token-cache.js'
import { TokenError } from './token-error.js'
import { unauthorized } from './unauthorized.js'
import { UnknownKeyError } from './unknown-key-error.js'
import type { VerificationKeys } from './verification-key.js'
import { loadVerificationKeys, type VerificationKeySettings } from './verification-keys.js'
import { type VerifiedClaims, verifyJwt } from './verify-jwt.js'

export interface AuthenticatorSettings extends VerificationKeySettings {
  /** Where an issuer publishes its keys. */
  readonly jwksUrl?: string | undefined
  readonly audience?: string | readonly string[] | undefined
  readonly issuer?: string | readonly string[] | undefined
  readonly leewaySeconds: number
  /** Scheme of the Authorization header, in any case: `Bearer`. */
  readonly tokenType: string
  /** Name of the claim that becomes the subject: `sub`. */
  readonly userClaim: string
  /** Longest stay of a token in the cache; until it expires when not given, 0 turns the cache off. */
  readonly tokenCacheTtlSeconds?: number | undefined
  /** Claims of requests without a credential. */
  readonly anonClaims?: Claims | undefined
}

export interface Authenticator {
  /**
   * `authorization` is the header as it came. Rejects with ApiError 401 for a credential that does not hold, 503 when
   * the keys to tell with could never be fetched.
   */
  authenticate(authorization: string | undefined): Promise<Identity>
  /** Rejects with the reason while the published keys, if there are to be any, could never be fetched. */
  ready(): Promise<void>
  readonly remoteKeys: RemoteKeys | undefined
}

export interface AuthenticatorOptions {
  /** The clock in milliseconds. */
  readonly now?: () => number
  /** Keys that were fetched already; used when they come from the same URL. */
  readonly remoteKeys?: RemoteKeys | undefined
  /** Hears of the keys that are fetched from now on. */
  readonly observe?: ((outcome: KeyFetch) => void) | undefined
}

/** Throws Error when the settings or a key file cannot be used. */
export function createAuthenticator(
  settings: AuthenticatorSettings,
  { now = Date.now, remoteKeys: known, observe }: AuthenticatorOptions = {},
): Authenticator {
  checkSettings(settings)
  const { jwksUrl, tokenType, userClaim } = settings
  const remoteKeys = openRemoteKeys(jwksUrl, known, observe)
  const keys = new KeyRing(loadVerificationKeys(settings), remoteKeys)
  const verifier = new Verifier(settings, keys, now)
  const anonymous = createIdentity(settings.anonClaims ?? {}, { userClaim, anonymous: true })
  const challenge = `${tokenType} error="invalid_token"`

  return {
    async authenticate(authorization) {
      if (authorization === undefined) return anonymous
      try {
        return await verifier.verify(tokenOf(authorization, tokenType))
      } catch (error) {
        throw error instanceof TokenError ? unauthorized(challenge, error) : error
      }
    },
    ready: async () => remoteKeys?.ready(),
    remoteKeys,
  }
}

function openRemoteKeys(
  url: string | undefined,
  known: RemoteKeys | undefined,
  observe: AuthenticatorOptions['observe'],
): RemoteKeys | undefined {
  if (url === undefined) return undefined
  return url === known?.url ? known : new RemoteKeys(url, { observe })
}

class Verifier {
  readonly #settings: AuthenticatorSettings
  readonly #keys: KeyRing
  readonly #now: () => number
  #cache: TokenCache
  #cachedFor: VerificationKeys | undefined

  constructor(settings: AuthenticatorSettings, keys: KeyRing, now: () => number) {
    this.#settings = settings
    this.#keys = keys
    this.#now = now
    this.#cache = new TokenCache(settings.tokenCacheTtlSeconds)
  }

  async verify(token: string): Promise<Identity> {
    const keys = await this.#keys.keys()
    const nowMs = this.#now()
    return this.#cacheFor(keys).get(token, nowMs) ?? this.#verifyNew(token, keys, nowMs)
  }

  async #verifyNew(token: string, keys: VerificationKeys, nowMs: number): Promise<Identity> {
    const { claims, by } = await this.#claimsOf(token, keys, nowMs / 1000)
    const identity = createIdentity(claims, { userClaim: this.#settings.userClaim, anonymous: false })
    // Meanwhile the keys may have become others, and what is cached must have been verified with those in force.
    if (by === this.#cachedFor) this.#cache.set(token, identity, claims.exp, nowMs)
    return identity
  }

  async #claimsOf(
    token: string,
    keys: VerificationKeys,
    now: number,
  ): Promise<{ claims: VerifiedClaims; by: VerificationKeys }> {
    const { audience, issuer, leewaySeconds } = this.#settings
    const rules = { audience, issuer, leewaySeconds, now }
    try {
      return { claims: await verifyJwt(token, keys, rules), by: keys }
    } catch (error) {
      const renewed = error instanceof UnknownKeyError ? await this.#keys.keysAfter(keys) : undefined
      if (renewed === undefined) throw error
      return { claims: await verifyJwt(token, renewed, rules), by: renewed }
    }
  }

  /** A key that the issuer has withdrawn takes the tokens along that it has signed. */
  #cacheFor(keys: VerificationKeys): TokenCache {
    if (keys !== this.#cachedFor) {
      this.#cachedFor = keys
      this.#cache = new TokenCache(this.#settings.tokenCacheTtlSeconds)
    }
    return this.#cache
  }
}

/** Exactly `<scheme> <token>`. Anything else was meant as a credential and is a bad one, never an absent one. */
function tokenOf(authorization: string, tokenType: string): string {
  const match = /^([^ ]+) +([^ ]+)$/.exec(authorization)
  const [, scheme, token] = match ?? []
  if (scheme === undefined || token === undefined || scheme.toLowerCase() !== tokenType.toLowerCase()) {
    throw new TokenError(`expected an Authorization header of the form "${tokenType} <token>", received another`)
  }
  return token
}

/** The values that would make every token fail, or a check look switched on that is not. */
function checkSettings(settings: AuthenticatorSettings): void {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(settings.tokenType)) {
    throw new Error(`token_type: expected one word such as Bearer, received ${JSON.stringify(settings.tokenType)}`)
  }
  if (!(settings.leewaySeconds >= 0 && Number.isFinite(settings.leewaySeconds))) {
    throw new Error(`leeway: expected 0 seconds or more, received ${settings.leewaySeconds}`)
  }
  checkNames('audience', settings.audience)
  checkNames('issuer', settings.issuer)
}

function checkNames(setting: string, names: string | readonly string[] | undefined): void {
  if (names === undefined) return
  const list = [names].flat()
  if (list.length > 0 && list.every((name) => name !== '')) return
  throw new Error(`${setting}: expected one or more names, received an empty one. Leave it out to accept any`)
}
