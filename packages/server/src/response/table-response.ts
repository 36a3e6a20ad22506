import type { Preferences } from '../request/prefer.js'
import type { TableGet } from '../request/table-get.js'
import type { AnsweredRows } from './answered-rows.js'
import { contentRange } from './content-range.js'
import { type Format, formats } from './format.js'
import type { HttpResponse } from './http-response.js'

/** The rows of a GET in the format asked for. */
export const tableGetResponse = (get: TableGet, rows: AnsweredRows, preferences: Preferences): HttpResponse => {
  // Behind a cursor nobody knows how many rows came before.
  const offset = get.cursor === undefined ? (get.request.page?.offset ?? 0) : undefined
  return rowsResponse(get.format, offset, rows, appliedTo(get, preferences))
}

/** Rows that were read, from wherever. @param offset of the first among all that match; undefined: not known */
export const rowsResponse = (
  format: Format,
  offset: number | undefined,
  { body, rowCount, total, tag }: AnsweredRows,
  appliedItems: readonly string[],
): HttpResponse => ({
  status: rowCount !== undefined && total !== undefined && rowCount < total ? 206 : 200,
  headers: {
    'Content-Type': formats[format].contentType,
    ...(rowCount === undefined || offset === undefined
      ? {}
      : { 'Content-Range': contentRange(offset, rowCount, total), 'Range-Unit': 'items' }),
    'Accept-Ranges': 'items',
    ...(tag === undefined ? vary : validators(tag)),
    ...applied(appliedItems),
  },
  body,
})

/** 304: the client has the rows. @param tag undefined where `*` was all that was asked and the rows have none */
export const notModifiedResponse = (
  get: TableGet,
  tag: string | undefined,
  preferences: Preferences,
): HttpResponse => ({
  status: 304,
  headers: { ...(tag === undefined ? vary : validators(tag)), ...applied(appliedTo(get, preferences)) },
  body: undefined,
})

const appliedTo = ({ walks, cursor, keyset }: TableGet, preferences: Preferences): readonly string[] => {
  const items = readPreferences(preferences)
  if (!walks) return items
  return [
    ...items.filter((item) => cursor === undefined || !item.startsWith('count=')),
    ...(preferences.paging === undefined || keyset === undefined ? [] : [`paging=${preferences.paging}`]),
  ]
}

/** What was asked for and means something for a read. */
export const readPreferences = ({ applied }: Preferences): readonly string[] =>
  applied.filter((item) => !item.startsWith('max-affected='))

// What the rows of one URL depend on.
const vary = { Vary: 'Accept, Authorization, Prefer, Range, Range-Unit' }

// A client may keep rows that have a tag, for itself, and asks again each time.
const validators = (tag: string): Record<string, string> => ({
  ETag: `"${tag}"`,
  'Cache-Control': 'private, no-cache',
  ...vary,
})

export const applied = (items: readonly string[]): Record<string, string> =>
  items.length === 0 ? {} : { 'Preference-Applied': items.join(', ') }
