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
    ...(tag === undefined ? { Vary: 'Accept' } : validators(tag)),
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
  headers: { ...(tag === undefined ? { Vary: 'Accept' } : validators(tag)), ...applied(appliedTo(get, preferences)) },
  body: undefined,
})

const appliedTo = ({ walks, cursor, keyset }: TableGet, { applied, paging }: Preferences): readonly string[] =>
  walks
    ? [
        ...applied.filter((item) => cursor === undefined || !item.startsWith('count=')),
        ...(paging === undefined || keyset === undefined ? [] : [`paging=${paging}`]),
      ]
    : applied

// A client may keep rows that have a tag, for itself, and asks again each time.
const validators = (tag: string): Record<string, string> => ({
  ETag: `"${tag}"`,
  'Cache-Control': 'private, no-cache',
  Vary: 'Accept, Authorization, Prefer, Range, Range-Unit',
})

export const applied = (items: readonly string[]): Record<string, string> =>
  items.length === 0 ? {} : { 'Preference-Applied': items.join(', ') }
