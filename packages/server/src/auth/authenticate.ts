import { type Claims, createIdentity, type Identity } from './identity.js'
import { TokenCache } from './token-cache.js'
import { TokenError } from './token-error.js'
import { unauthorized } from './unauthorized.js'
import { loadVerificationKeys, type VerificationKeySettings, type VerificationKeys } from './verification-keys.js'
import { verifyJwt } from './verify-jwt.js'

export interface AuthenticatorSettings extends VerificationKeySettings {
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
  /** `authorization` is the header as it came. Throws ApiError 401 for a credential that does not hold. */
  authenticate(authorization: string | undefined): Identity
}

/** `now` is the clock in milliseconds. Throws Error when the settings or a key file cannot be used. */
export function createAuthenticator(settings: AuthenticatorSettings, now: () => number = Date.now): Authenticator {
  checkSettings(settings)
  const verifier = new Verifier(settings, loadVerificationKeys(settings), now)
  const anonymous = createIdentity(settings.anonClaims ?? {}, { userClaim: settings.userClaim, anonymous: true })
  const challenge = `${settings.tokenType} error="invalid_token"`

  return {
    authenticate(authorization) {
      if (authorization === undefined) return anonymous
      try {
        return verifier.verify(tokenOf(authorization, settings.tokenType))
      } catch (error) {
        throw error instanceof TokenError ? unauthorized(challenge, error) : error
      }
    },
  }
}

class Verifier {
  readonly #settings: AuthenticatorSettings
  readonly #keys: VerificationKeys
  readonly #now: () => number
  readonly #cache: TokenCache

  constructor(settings: AuthenticatorSettings, keys: VerificationKeys, now: () => number) {
    this.#settings = settings
    this.#keys = keys
    this.#now = now
    this.#cache = new TokenCache(settings.tokenCacheTtlSeconds)
  }

  verify(token: string): Identity {
    const nowMs = this.#now()
    return this.#cache.get(token, nowMs) ?? this.#verifyNew(token, nowMs)
  }

  #verifyNew(token: string, nowMs: number): Identity {
    const { audience, issuer, leewaySeconds, userClaim } = this.#settings
    const claims = verifyJwt(token, this.#keys, { audience, issuer, leewaySeconds, now: nowMs / 1000 })
    const identity = createIdentity(claims, { userClaim, anonymous: false })
    this.#cache.set(token, identity, claims.exp, nowMs)
    return identity
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
