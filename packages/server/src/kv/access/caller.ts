import type { Claims } from '../../auth/identity.js'
import { wordsOf } from '../../auth/scopes.js'
import type { KvClaimsConfig } from '../../config/kv-config.js'
import { claimAt } from './claim-at.js'

/** Who asks, in the terms of the key/value API. */
export interface Caller {
  /** '': the token names none. */
  readonly user: string
  readonly client: string
  readonly scopes: ReadonlySet<string>
}

export const callerOf = (claims: Claims, paths: KvClaimsConfig): Caller => ({
  user: firstText(claims, paths.user),
  client: firstText(claims, paths.client),
  scopes: new Set(
    paths.scopes.filter((path) => counts(claims, path)).flatMap((path) => wordsOf(claimAt(claims, path))),
  ),
})

const firstText = (claims: Claims, paths: readonly string[]): string => {
  for (const path of paths) {
    const text = textOf(claimAt(claims, path))
    if (text !== '') return text
  }
  return ''
}

// An audience may be a list; only one of a single name says which client it is.
const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 1 ? textOf(value[0]) : ''
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : ''
}

// Konnect puts scopes into ID tokens too, which open nothing.
const counts = (claims: Claims, path: string): boolean =>
  path !== 'kc.authorizedScopes' || claimAt(claims, 'kc.isAccessToken') === true
