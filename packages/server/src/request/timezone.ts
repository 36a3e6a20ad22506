import { ApiError } from '../errors.js'

/** An IANA zone name or an ISO-signed offset, as a request may name it. Throws ApiError bad_preference. */
export const parseTimezone = (text: string): string => {
  if (isTimezone(text)) return text
  throw new ApiError('bad_preference', {
    detail: `Expected the preference timezone to be an IANA name or an offset, got ${JSON.stringify(text.slice(0, 80))}`,
    hint: 'For example Europe/Berlin, UTC or +05:30',
  })
}

const isTimezone = (text: string): boolean => {
  const known = verdicts.get(text)
  if (known !== undefined) return known
  const verdict = offsetPattern.test(text) || isZoneName(text)
  // Bounded: the texts come from clients.
  if (verdicts.size < 1000) verdicts.set(text, verdict)
  return verdict
}

const verdicts = new Map<string, boolean>()

const offsetPattern = /^[+-](?:0\d|1[0-4]):[0-5]\d$/

const isZoneName = (text: string): boolean => {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}
