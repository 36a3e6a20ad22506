import { isDate, printTimestamp, storeTimestamp, type Timezone } from '@easyrest/sql'

// Times as the database takes them. What is no time is undefined.

/** A day of the calendar. */
export const dateText = (text: string): string | undefined =>
  /^\d{4}-\d\d-\d\d$/.test(text) && isDate(text) ? text : undefined

/** `[-][h]hh:mm:ss[.ffffff]`, up to 838:59:59. */
export const timeText = (text: string): string | undefined => {
  const match = /^(-?)(\d{2,3}):([0-5]\d)(?::([0-5]\d)(\.\d{1,6})?)?$/.exec(text)
  if (match === null || Number(match[2]) > 838) return undefined
  const [, sign, hours, minutes, seconds = '00', fraction = ''] = match
  return `${sign}${hours}:${minutes}:${seconds}${fraction}`
}

/** A time without a zone; one with an offset is converted to the request's zone. */
export const datetimeText = (text: string, zone: Timezone): string | undefined =>
  hasOffset.test(text) ? localText(storeTimestamp(text, zone, 'space'), zone) : storeTimestamp(text, utc, 'space')

/** An instant, as the clock of the session shows it. */
export const instantText = (text: string, zone: Timezone, session: Timezone): string | undefined => {
  const stored = storeTimestamp(text, zone, 'space')
  return session.isUtc ? stored : localText(stored, session)
}

const localText = (stored: string | undefined, zone: Timezone): string | undefined => {
  const printed = stored && printTimestamp(stored, zone)
  return printed && `${printed.slice(0, 10)} ${printed.slice(11).replace(/[+-]\d\d:\d\d$/, '')}`
}

const hasOffset = /[Tt ][^Tt ]*(?:[Zz]|[+-]\d\d(?::?\d\d)?)$/

const utc: Timezone = { isUtc: true, offsetAt: () => 0 }
