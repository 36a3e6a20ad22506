import { ApiError } from '../errors.js'
import type { RemoteKeys } from './remote-keys.js'
import type { VerificationKeys } from './verification-key.js'

/** All keys that tokens are verified with: those of the configuration, and those that an issuer publishes. */
export class KeyRing {
  readonly #own: VerificationKeys
  readonly #remote: RemoteKeys | undefined
  #published: VerificationKeys | undefined
  #all: VerificationKeys

  constructor(own: VerificationKeys, remote: RemoteKeys | undefined) {
    this.#own = own
    this.#remote = remote
    this.#all = own
  }

  /** The same array as long as no key has changed. */
  async keys(): Promise<VerificationKeys> {
    if (this.#remote !== undefined) this.#combine(await this.#remote.current())
    return this.#all
  }

  /**
   * The keys after another look at what the issuer publishes; undefined: no others. Throws ApiError unavailable when
   * the issuer was never reached, because then nobody can say that a token is bad.
   */
  async keysAfter(tried: VerificationKeys): Promise<VerificationKeys | undefined> {
    if (this.#remote === undefined) return undefined
    await this.#remote.renew()
    const keys = await this.keys()
    if (this.#published === undefined) throw noKeysYet()
    return keys === tried ? undefined : keys
  }

  #combine(published: VerificationKeys | undefined): void {
    if (published === this.#published) return
    this.#published = published
    this.#all = [...this.#own, ...(published ?? [])]
  }
}

function noKeysYet(): ApiError {
  return new ApiError('unavailable', {
    detail: 'The keys that tokens are verified with could not be fetched yet',
    hint: 'Send the request again in a moment',
    headers: { 'Retry-After': '1' },
  })
}
