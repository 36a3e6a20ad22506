import { instantOfLocal, parseOffset, type Timezone } from './timezone.js'

/**
 * How a column writes its timestamps, seen from the values it holds. SQLite has no type for them: they compare as
 * text, so what is written and compared must have the form of what is there.
 */
export type TimestampForm =
  /** `2024-06-01 12:00:00`, UTC: SQLite's own form, and that of an empty column. */
  | 'space'
  /** `2024-06-01T12:00:00`, UTC. */
  | 't'
  /** `2024-06-01T12:00:00Z`. */
  | 'zoned'
  /** `2024-06-01T12:00:00.000Z`, as JavaScript prints it. */
  | 'zoned_ms'
  /** `2024-06-01T12:00:00+00:00`. */
  | 'offset'

/** RFC 3339 in the timezone; undefined when the text is no timestamp. A stored time without a zone is UTC. */
export const printTimestamp = (stored: string, zone: Timezone): string | undefined => {
  // Nearly all there is, and most of the time of a row with a timestamp would go into taking it apart.
  if (zone.isUtc && isPlainUtc(stored)) return `${stored.slice(0, 10)}T${stored.slice(11)}+00:00`
  const parts = parseTimestamp(stored)
  if (parts === undefined) return undefined
  const instant = parts.offset === undefined ? parts.localMs : parts.localMs - parts.offset * minuteMs
  const offset = zone.offsetAt(instant)
  if (offset === 0 && instant === parts.localMs && stored.length >= 19) {
    return `${stored.slice(0, 10)}T${stored.slice(11, 19)}${parts.fraction}+00:00`
  }
  const local = civilTime(instant + offset * minuteMs)
  return local && `${local.slice(0, 10)}T${local.slice(11)}${parts.fraction}${printOffset(offset)}`
}

/** `2024-06-01 12:00:00` or with a T, of a day that every month has. */
const isPlainUtc = (stored: string): boolean => stored.length === 19 && plainUtc.test(stored)

const plainUtc = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/

/** The text that a column of this form holds for a client's timestamp; undefined when it is none. */
export const storeTimestamp = (text: string, zone: Timezone, form: TimestampForm): string | undefined => {
  const parts = parseTimestamp(text)
  if (parts === undefined) return undefined
  const instant =
    parts.offset === undefined ? instantOfLocal(parts.localMs, zone) : parts.localMs - parts.offset * minuteMs
  const utc = civilTime(instant)
  return utc && inForm(utc, parts.fraction, form)
}

/** The form of a stored value; undefined when it is no timestamp. */
export const timestampFormOf = (stored: string): TimestampForm | undefined => {
  if (parseTimestamp(stored) === undefined) return undefined
  if (/\.\d{3}Z$/.test(stored)) return 'zoned_ms'
  if (stored.endsWith('Z')) return 'zoned'
  if (/T[^T]*[+-]\d\d:\d\d$/.test(stored)) return 'offset'
  return stored[10] === 'T' ? 't' : 'space'
}

/** Whether the text begins with a day of the calendar. */
export const isDate = (text: string): boolean => parseTimestamp(text.slice(0, 10)) !== undefined

interface TimestampParts {
  /** What the clock shows, as milliseconds of a UTC clock; whole seconds. */
  readonly localMs: number
  /** `.5`, or '' when the fraction is zero. */
  readonly fraction: string
  /** Minutes; undefined without a zone. */
  readonly offset: number | undefined
}

const parseTimestamp = (text: string): TimestampParts | undefined => {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const localMs = dayStart(Number(year), Number(month), Number(day))
  if (localMs === undefined) return undefined
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  return {
    localMs: localMs + seconds * 1000,
    fraction: printFraction(fraction),
    offset: zone === undefined ? undefined : zone === 'Z' || zone === 'z' ? 0 : parseOffset(zone),
  }
}

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[ Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)? ?([Zz]|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?)?$/

const printFraction = (digits: string): string => {
  const significant = digits.replace(/(?<!0)0+$/, '')
  return significant === '' ? '' : `.${significant}`
}

const dayStart = (year: number, month: number, day: number): number | undefined => {
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined
  // Date.UTC takes the years 0 to 99 for those of the last century; 400 years are always the same number of days.
  return Date.UTC(year + 400, month - 1, day) - daysIn400Years * dayMs
}

const daysOf = (year: number, month: number): number =>
  month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : monthDays[month - 1]!

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const daysIn400Years = 146_097

/** `2024-06-01 12:00:00`; undefined outside the years 0 to 9999. */
const civilTime = (ms: number): string | undefined => {
  const printed = new Date(ms).toISOString()
  return printed.length === 24 ? `${printed.slice(0, 10)} ${printed.slice(11, 19)}` : undefined
}

const printOffset = (minutes: number): string => {
  const absolute = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value))

const inForm = (utc: string, fraction: string, form: TimestampForm): string => {
  if (form === 'space') return utc + fraction
  const withT = `${utc.slice(0, 10)}T${utc.slice(11)}`
  if (form === 't') return withT + fraction
  if (form === 'offset') return `${withT}${fraction}+00:00`
  return `${withT}${form === 'zoned_ms' ? (fraction || '.').padEnd(4, '0') : fraction}Z`
}

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
