import { LRUCache } from 'lru-cache'
import type { Identity } from './identity.js'

const maxTokens = 1000

interface Entry {
  readonly identity: Identity
  readonly expiresAtMs: number
}

/**
 * Identities of tokens verified before, by the exact text of the token. It belongs to one authenticator and that to
 * one snapshot: a reload starts with an empty cache, so a changed key is in force at once.
 */
export class TokenCache {
  readonly #entries = new LRUCache<string, Entry>({ max: maxTokens })
  readonly #ttlMs: number

  /** Without `ttlSeconds` a token is kept until it expires; with 0 none is kept. */
  constructor(ttlSeconds?: number) {
    this.#ttlMs = ttlSeconds === undefined ? Number.POSITIVE_INFINITY : ttlSeconds * 1000
  }

  get(token: string, nowMs: number): Identity | undefined {
    const entry = this.#entries.get(token)
    if (entry === undefined) return undefined
    // Compared with the clock that `exp` is written for: the library's own expiry counts monotonic time.
    if (nowMs < entry.expiresAtMs) return entry.identity
    this.#entries.delete(token)
    return undefined
  }

  /** Kept until `exp` at most, without leeway: in the leeway every use is verified again. */
  set(token: string, identity: Identity, exp: number, nowMs: number): void {
    const expiresAtMs = Math.min(exp * 1000, nowMs + this.#ttlMs)
    if (nowMs < expiresAtMs) this.#entries.set(token, { identity, expiresAtMs })
  }
}
