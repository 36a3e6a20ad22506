import { scopesOf } from './scopes.js'
import { TokenError } from './token-error.js'

/** Claims by name. Values are JSON values. */
export type Claims = Readonly<Record<string, unknown>>

/** Who asks. Immutable, because a cached token shares one identity among its requests. */
export interface Identity {
  /** The claim that names the user; '' when there is none. */
  readonly subject: string
  /** Top-level names in lower case, no prototype: `__proto__` is a claim like any other. */
  readonly claims: Claims
  readonly scopes: ReadonlySet<string>
  /** True when no credential was sent. A bad credential never becomes an anonymous identity. */
  readonly anonymous: boolean
  /** JSON text of `claims`, made once here because the context of every request carries it. */
  readonly claimsJson: string
}

export interface IdentityOptions {
  /** Name of the claim that holds the subject, as the token spells it. */
  readonly userClaim: string
  readonly anonymous: boolean
}

/** Subject and scopes are taken from the exact claim names: RFC 7519 section 4 makes names case-sensitive. */
export function createIdentity(claims: Claims, options: IdentityOptions): Identity {
  const lowered = lowerCaseNames(claims)
  return Object.freeze({
    subject: subjectOf(claims, options.userClaim),
    claims: lowered,
    scopes: scopesOf(claims),
    anonymous: options.anonymous,
    claimsJson: JSON.stringify(lowered),
  })
}

function lowerCaseNames(claims: Claims): Claims {
  const lowered: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(claims)) {
    const key = name.toLowerCase()
    // Letting one of the two win would let `Role` stand in for `role`.
    if (key in lowered) throw new TokenError('expected claim names that differ by more than case, received two equal')
    lowered[key] = value
  }
  return Object.freeze(lowered)
}

function subjectOf(claims: Claims, userClaim: string): string {
  const value = Object.hasOwn(claims, userClaim) ? claims[userClaim] : undefined
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}
