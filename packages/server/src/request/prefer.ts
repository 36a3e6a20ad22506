import type { DbTxEnd } from '../config/config.js'
import { ApiError } from '../errors.js'
import { parseTimezone } from './timezone.js'

/** What the Prefer header asks for and the policy of the connection allows. */
export interface Preferences {
  readonly txEnd: 'commit' | 'rollback'
  readonly timezone: string
  readonly count: 'exact' | undefined
  readonly maxAffected: number | undefined
  readonly handling: 'strict' | 'lenient' | undefined
  /** Of writes. */
  readonly return: 'minimal' | 'headers-only' | 'representation' | undefined
  /** Of a POST: what becomes of a row whose key exists. */
  readonly resolution: 'merge-duplicates' | 'ignore-duplicates' | undefined
  /** Of a POST with `columns`: what a member that an object lacks is. */
  readonly missing: 'default' | 'null' | undefined
  /** Of a GET: links to the next page. */
  readonly paging: 'keyset' | undefined
  /** Every preference as sent, names in lower case, with `tx` as it is in force: for ctx.prefer. */
  readonly all: Readonly<Record<string, string>>
  /** Preferences that were asked for and are in force, for Preference-Applied; in a fixed order. */
  readonly applied: readonly string[]
}

export interface PreferenceSettings {
  readonly dbTxEnd: DbTxEnd
  readonly defaultTimezone: string
}

/** Throws ApiError bad_preference. */
export const parsePreferences = (header: string | undefined, settings: PreferenceSettings): Preferences => {
  if (header === undefined) return defaultPreferences(settings)
  const sent = parsePreferHeader(header)
  const tx = wordOf(sent, 'tx', ['commit', 'rollback'])
  const txEnd = tx !== undefined && mayOverride(settings.dbTxEnd) ? tx : defaultEnd(settings.dbTxEnd)
  const handling = wordOf(sent, 'handling', ['strict', 'lenient'])
  if (handling === 'strict') refuseUnknown(sent)
  const timezone = sent.get('timezone')
  const count = wordOf(sent, 'count', ['exact'])
  const maxAffected = naturalOf(sent, 'max-affected')
  const returned = wordOf(sent, 'return', ['minimal', 'headers-only', 'representation'])
  const resolution = wordOf(sent, 'resolution', ['merge-duplicates', 'ignore-duplicates'])
  const missing = wordOf(sent, 'missing', ['default', 'null'])
  const paging = wordOf(sent, 'paging', ['keyset'])
  return {
    txEnd,
    timezone: timezone === undefined ? settings.defaultTimezone : parseTimezone(timezone),
    count,
    maxAffected,
    handling,
    return: returned,
    resolution,
    missing,
    paging,
    all: Object.assign(Object.create(null), Object.fromEntries(sent), { tx: txEnd }),
    applied: [
      ...(count === undefined ? [] : [`count=${count}`]),
      ...(tx === undefined || tx !== txEnd ? [] : [`tx=${tx}`]),
      ...(handling === undefined ? [] : [`handling=${handling}`]),
      ...(timezone === undefined ? [] : [`timezone=${timezone}`]),
      ...(maxAffected === undefined ? [] : [`max-affected=${maxAffected}`]),
    ],
  }
}

/**
 * RFC 7240, and blanks instead of commas as EasyREST's users write: `tx=rollback timezone="Europe/Berlin"`.
 * Names in lower case; of a preference that is sent twice the first counts (RFC 7240 section 2).
 */
export const parsePreferHeader = (header: string): Map<string, string> => {
  const sent = new Map<string, string>()
  for (const [, name, , quoted, plain] of header.matchAll(preferencePattern)) {
    const key = name!.toLowerCase()
    if (!sent.has(key)) sent.set(key, quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1'))
  }
  return sent
}

// name [ = "quoted" | = plain ], ended by a comma, a semicolon or a blank. No part can match what its neighbour matches,
// so the time is linear.
const preferencePattern = /([^\s,;="]+)(\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/g

const defaultPreferences = (settings: PreferenceSettings): Preferences => {
  const txEnd = defaultEnd(settings.dbTxEnd)
  return {
    txEnd,
    timezone: settings.defaultTimezone,
    count: undefined,
    maxAffected: undefined,
    handling: undefined,
    return: undefined,
    resolution: undefined,
    missing: undefined,
    paging: undefined,
    all: Object.assign(Object.create(null), { tx: txEnd }),
    applied: [],
  }
}

const defaultEnd = (policy: DbTxEnd) => (policy.startsWith('rollback') ? 'rollback' : 'commit')

const mayOverride = (policy: DbTxEnd): boolean => policy.endsWith('-allow-override')

const wordOf = <Word extends string>(
  sent: ReadonlyMap<string, string>,
  name: string,
  words: readonly Word[],
): Word | undefined => {
  const value = sent.get(name)
  if (value === undefined) return undefined
  const word = words.find((known) => known === value)
  if (word === undefined) throw badPreference(name, words.join(' or '), value)
  return word
}

const naturalOf = (sent: ReadonlyMap<string, string>, name: string): number | undefined => {
  const value = sent.get(name)
  if (value === undefined) return undefined
  if (!/^\d{1,15}$/.test(value)) throw badPreference(name, 'a number that is not negative', value)
  return Number(value)
}

const refuseUnknown = (sent: ReadonlyMap<string, string>): void => {
  const unknown = [...sent]
    .filter(([name]) => !known.has(name))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  if (unknown.length > 0) {
    throw new ApiError('bad_preference', {
      detail: `Preferences that are not understood: ${unknown.join(', ')}`,
      hint: 'Leave out handling=strict to have them ignored',
    })
  }
}

const known = new Set([
  'resolution',
  'missing',
  'return',
  'count',
  'tx',
  'handling',
  'timezone',
  'max-affected',
  'paging',
])

const badPreference = (name: string, expected: string, value: string): ApiError =>
  new ApiError('bad_preference', {
    detail: `Expected the preference ${name} to be ${expected}, got ${JSON.stringify(value)}`,
  })
