import type { TableCreateResponse, TableGetRequest, TableGetResponse, TableUpdateResponse } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import type { Preferences } from '../request/prefer.js'
import { contentRange } from './content-range.js'
import type { HttpResponse } from './http-response.js'

/** The rows of a GET: the plugin's bytes, untouched. Throws ApiError range_not_satisfiable. */
export const tableGetResponse = (
  request: TableGetRequest,
  answer: TableGetResponse,
  preferences: Preferences,
): HttpResponse => {
  const offset = request.page?.offset ?? 0
  const range = contentRange(offset, answer.rowCount, answer.total)
  if (answer.total !== undefined && offset > 0 && offset >= answer.total) {
    throw new ApiError('range_not_satisfiable', {
      detail: `Expected a range that begins before row ${answer.total}, got one at ${offset}`,
      headers: { 'Content-Range': `*/${answer.total}` },
    })
  }
  return {
    status: answer.total !== undefined && answer.rowCount < answer.total ? 206 : 200,
    headers: {
      'Content-Type': json,
      'Content-Range': range,
      'Range-Unit': 'items',
      'Accept-Ranges': 'items',
      Vary: 'Accept',
      ...applied(preferences.applied),
    },
    body: answer.rows,
  }
}

/** 201 with the rows as they were stored. */
export const tableCreateResponse = (answer: TableCreateResponse, preferences: Preferences): HttpResponse => ({
  status: 201,
  headers: { 'Content-Type': json, Vary: 'Accept', ...applied(writePreferences(preferences)) },
  body: answer.rows.length === 0 ? emptyRows : answer.rows,
})

/** 200 with the number of rows that were, or after a rollback would have been, changed. */
export const tableUpdateResponse = (answer: TableUpdateResponse, preferences: Preferences): HttpResponse => ({
  status: 200,
  headers: { 'Content-Type': json, Vary: 'Accept', ...applied(writePreferences(preferences)) },
  body: Buffer.from(
    preferences.txEnd === 'rollback'
      ? `{"updated":0,"would_update":${answer.affected}}`
      : `{"updated":${answer.affected}}`,
  ),
})

/** 204. */
export const tableDeleteResponse = (preferences: Preferences): HttpResponse => ({
  status: 204,
  headers: applied(writePreferences(preferences)),
  body: undefined,
})

/** Writes always say how their transaction ended and in which timezone, asked for or not. */
export const writePreferences = (preferences: Preferences): string[] => {
  const others = preferences.applied.filter((item) => !item.startsWith('tx=') && !item.startsWith('timezone='))
  const order = ['count', 'tx', 'handling', 'timezone', 'max-affected']
  return [...others, `tx=${preferences.txEnd}`, `timezone=${preferences.timezone}`].sort(
    (left, right) => order.indexOf(left.split('=', 1)[0]!) - order.indexOf(right.split('=', 1)[0]!),
  )
}

export const applied = (items: readonly string[]): Record<string, string> =>
  items.length === 0 ? {} : { 'Preference-Applied': items.join(', ') }

const json = 'application/json; charset=utf-8'
const emptyRows = Buffer.from('[]')
