import { BadValue } from './bad-value.js'

/** An IANA zone name that this Node knows, or a fixed offset ±hh:mm. */
export function parseTimezone(value: unknown): string {
  if (typeof value === 'string' && (isOffset(value) || isZoneName(value))) return value
  throw new BadValue('expected an IANA time zone such as UTC or Europe/Berlin, or an offset such as +02:00')
}

function isOffset(text: string): boolean {
  return /^[+-](0\d|1[0-4]):[0-5]\d$/.test(text)
}

function isZoneName(text: string): boolean {
  // Newer versions of Intl take offsets in several spellings too; the databases behind take only ours.
  if (!/^[A-Za-z]/.test(text)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}
