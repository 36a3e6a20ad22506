import { fetchKeySet } from './fetch-key-set.js'
import { publishedKeys } from './published-keys.js'
import type { VerificationKeys } from './verification-key.js'

/** What came of asking the issuer for its keys. */
export type KeyFetch =
  | { readonly kind: 'keys-fetched'; readonly url: string; readonly keys: number; readonly changed: boolean }
  | {
      readonly kind: 'keys-not-fetched'
      readonly url: string
      readonly reason: string
      /** How many keys of before stay in use. */
      readonly kept: number
      /** The attempt before this one had failed too. */
      readonly again: boolean
    }

export interface RemoteKeysOptions {
  readonly observe?: ((outcome: KeyFetch) => void) | undefined
  /** Answers the text of a JWK set, or rejects. */
  readonly fetch?: (url: string) => Promise<string>
  /** A clock that only goes forward, in milliseconds. */
  readonly now?: () => number
}

const refreshAfterMs = 5 * 60_000
const maxAgeMs = 10 * 60_000
const coolDownMs = 30_000
/** While there are no keys at all, every request needs them: an issuer that starts late is noticed soon. */
const firstCoolDownMs = 1000

/**
 * The keys that an issuer publishes at a URL. They are asked for again when they are old, and when a token needs one that
 * is not among them, but not more often than twice a minute. The last good ones stay in use for as long as the
 * issuer does not answer. There are no timers: keys that nobody uses are not asked for.
 */
export class RemoteKeys {
  readonly #fetch: (url: string) => Promise<string>
  readonly #observe: (outcome: KeyFetch) => void
  readonly #now: () => number
  #keys: VerificationKeys | undefined
  #text = ''
  #fetchedAt = Number.NEGATIVE_INFINITY
  #triedAt = Number.NEGATIVE_INFINITY
  #failure: Error | undefined
  #pending: Promise<void> | undefined

  constructor(
    readonly url: string,
    { observe = () => {}, fetch = fetchKeySet, now = () => performance.now() }: RemoteKeysOptions = {},
  ) {
    this.#observe = observe
    this.#fetch = fetch
    this.#now = now
  }

  /** The same array as long as the issuer publishes the same; undefined: none were received yet. */
  async current(): Promise<VerificationKeys | undefined> {
    const ageMs = this.#now() - this.#fetchedAt
    if (ageMs < refreshAfterMs) return this.#keys
    const renewal = this.renew()
    // Behind a failure nobody waits who has keys; without one, keys that nobody used for long are not believed.
    if (this.#keys === undefined || (ageMs >= maxAgeMs && this.#failure === undefined)) await renewal
    return this.#keys
  }

  /** Asks the issuer, unless that was done a moment ago. Never rejects. */
  renew(): Promise<void> {
    if (this.#pending === undefined && !this.#isCoolingDown()) {
      this.#pending = this.#ask().finally(() => {
        this.#pending = undefined
      })
    }
    return this.#pending ?? Promise.resolve()
  }

  /** Rejects with the reason when there are none. */
  async ready(): Promise<void> {
    if ((await this.current()) !== undefined) return
    const reason = this.#failure?.message ?? 'they were asked for a moment ago'
    throw new Error(`the keys at ${withoutQuery(this.url)} cannot be had: ${reason}`, { cause: this.#failure })
  }

  #isCoolingDown(): boolean {
    const pauseMs = this.#keys === undefined ? firstCoolDownMs : coolDownMs
    return this.#now() - this.#triedAt < pauseMs
  }

  async #ask(): Promise<void> {
    try {
      const text = await this.#fetch(this.url)
      this.#accept(text)
    } catch (error) {
      this.#refuse(error as Error)
    } finally {
      this.#triedAt = this.#now()
    }
  }

  #accept(text: string): void {
    const changed = text !== this.#text || this.#failure !== undefined
    if (text !== this.#text) this.#keys = publishedKeys(text)
    this.#text = text
    this.#fetchedAt = this.#now()
    this.#failure = undefined
    this.#observe({ kind: 'keys-fetched', url: withoutQuery(this.url), keys: this.#keys?.length ?? 0, changed })
  }

  #refuse(error: Error): void {
    const again = this.#failure !== undefined
    this.#failure = error
    const url = withoutQuery(this.url)
    this.#observe({ kind: 'keys-not-fetched', url, reason: error.message, kept: this.#keys?.length ?? 0, again })
  }
}

/** For logs: a query may hold a secret. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}
