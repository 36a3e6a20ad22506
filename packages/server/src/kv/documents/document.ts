import type { EncodedKey } from '../keys/key.js'

/** A value under a key. */
export interface Document {
  readonly key: EncodedKey
  readonly value: Buffer
  /** As the header had it, each byte one character; '' when there was none. */
  readonly contentType: string
  /** JSON text; undefined: none. */
  readonly metadata: string | undefined
  /** Unique for each write. */
  readonly revision: string
  /** In ms since 1970; `forever`: it does not expire. */
  readonly liveUntil: number
}

/** The last millisecond of the year 9999 that JSON numbers of every database hold exactly. */
export const forever = 253_402_300_799_000

/** Kopano's rule: whatever begins so is JSON, and nothing else. */
export const isJsonType = (contentType: string): boolean => contentType.startsWith('application/json')
