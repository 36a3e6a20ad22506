import { ApiError } from '../../errors.js'
import { forever } from '../documents/document.js'

/** Until when a document lives. */
export interface Expiry {
  /** In ms since 1970, or `forever`. */
  readonly liveUntil: number
  /** What the document has already counts instead. */
  readonly keeps: boolean
}

/** As text, because a number would be read as one that may lose digits. */
export interface ExpiryInput {
  /** Seconds from now. */
  readonly ttl: string | undefined
  /** Seconds since 1970. */
  readonly expires: string | undefined
  readonly keeps: boolean
}

/** Throws ApiError bad_parameter. */
export const parseExpiry = ({ ttl, expires, keeps }: ExpiryInput, now: number): Expiry => {
  if ([ttl !== undefined, expires !== undefined, keeps].filter(Boolean).length > 1) {
    throw new ApiError('bad_parameter', { detail: 'Expected one of ttl, expires and keep_ttl, got more' })
  }
  if (ttl !== undefined) return { liveUntil: untilOf(ttl, now), keeps: false }
  if (expires === undefined) return { liveUntil: forever, keeps }
  const liveUntil = 1000 * secondsOf('expires', expires)
  if (liveUntil > now) return { liveUntil, keeps: false }
  throw bad('expires', 'to be in the future', expires)
}

const untilOf = (ttl: string, now: number): number => {
  const liveUntil = now + 1000 * secondsOf('ttl', ttl)
  if (liveUntil <= 1000 * longest) return liveUntil
  throw bad('ttl', 'to end before the year 9999', ttl)
}

const secondsOf = (name: string, text: string): number => {
  const seconds = /^\d{1,12}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
  if (seconds >= shortest && seconds <= longest) return seconds
  throw bad(name, `to be seconds from ${shortest} to ${longest}`, text)
}

const shortest = 1
/** The last second of the year 9998. */
const longest = 253_370_764_799

const bad = (name: string, expected: string, received: string): ApiError =>
  new ApiError('bad_parameter', {
    detail: `Expected ${name} ${expected}, got ${JSON.stringify(received.slice(0, 40))}`,
  })
