import { type JsonValue, parseJsonRows, type TableCreateResponse, type TableDeleteResponse } from '@easyrest/protocol'
import { escapeReference } from '../request/context-values.js'
import type { Preferences } from '../request/prefer.js'
import type { WriteAnswer } from '../request/write-answer.js'
import { type ColumnNames, inFormat } from './answered-rows.js'
import { contentRange } from './content-range.js'
import { formats } from './format.js'
import type { HttpResponse } from './http-response.js'
import { applied } from './table-response.js'

/**
 * 201 with the rows as they were stored, or what `return` asks for instead; 200 where an upsert has made no new row.
 * @param path of the table as the client wrote it, for Location
 * @param columns of the table, for the formats that name them also where there is no row
 */
export const tableCreateResponse = async (
  answer: WriteAnswer,
  created: TableCreateResponse,
  preferences: Preferences,
  path: string,
  isUpsert: boolean,
  columns: ColumnNames,
): Promise<HttpResponse> => ({
  status: isUpsert && created.inserted === 0 ? 200 : 201,
  headers: {
    ...(answer.kind === 'location' ? location(path, created, preferences) : {}),
    ...(preferences.count === undefined ? {} : writtenRange(preferences, 0, created.affected)),
    ...writeHeaders(answer, preferences, ['resolution', 'missing', 'return']),
  },
  body: answer.kind === 'rows' ? await rowsBody(answer, created.rows, columns) : undefined,
})

/** 200 with the number of rows that were, or after a rollback would have been, changed; or what `return` asks for. */
export const tableUpdateResponse = async (
  answer: WriteAnswer,
  changed: TableDeleteResponse,
  preferences: Preferences,
  columns: ColumnNames,
): Promise<HttpResponse> => ({
  status: answer.kind === 'nothing' ? 204 : 200,
  headers: {
    ...writtenRange(preferences, changed.affected, changed.affected),
    ...writeHeaders(answer, preferences, ['return']),
  },
  body:
    answer.kind === 'rows' ? await rowsBody(answer, changed.rows, columns) : countBody(answer, changed, preferences),
})

/** 204, or 200 with the rows as they were. */
export const tableDeleteResponse = async (
  answer: WriteAnswer,
  deleted: TableDeleteResponse,
  preferences: Preferences,
  columns: ColumnNames,
): Promise<HttpResponse> => ({
  status: answer.kind === 'rows' ? 200 : 204,
  headers: {
    ...writtenRange(preferences, 0, deleted.affected),
    ...writeHeaders(answer, preferences, ['return']),
  },
  body: answer.kind === 'rows' ? await rowsBody(answer, deleted.rows, columns) : undefined,
})

/** Writes always say how their transaction ended and in which timezone, asked for or not. */
export const writePreferences = (preferences: Preferences, honoured: readonly WritePreference[] = []): string[] => {
  const asked = honoured.flatMap((name) => (preferences[name] === undefined ? [] : [`${name}=${preferences[name]}`]))
  const others = preferences.applied.filter((item) => !item.startsWith('tx=') && !item.startsWith('timezone='))
  return [...asked, ...others, `tx=${preferences.txEnd}`, `timezone=${preferences.timezone}`].sort(
    (left, right) => order.indexOf(left.split('=', 1)[0]!) - order.indexOf(right.split('=', 1)[0]!),
  )
}

type WritePreference = 'resolution' | 'missing' | 'return'

const order = ['resolution', 'missing', 'return', 'count', 'tx', 'handling', 'timezone', 'max-affected']

const writeHeaders = (
  { kind, format }: WriteAnswer,
  preferences: Preferences,
  honoured: readonly WritePreference[],
): Record<string, string> => ({
  ...(kind === 'rows' || kind === 'count'
    ? { 'Content-Type': formats[format].contentType, Vary: 'Accept, Content-Type' }
    : {}),
  ...applied(writePreferences(preferences, honoured)),
})

const rowsBody = (
  { format, select }: WriteAnswer,
  rows: Uint8Array,
  columns: ColumnNames,
): Promise<HttpResponse['body']> => inFormat(rows.length === 0 ? emptyRows : rows, format, select, columns)

const countBody = (
  { kind }: WriteAnswer,
  { affected }: TableDeleteResponse,
  { txEnd }: Preferences,
): Uint8Array | undefined => {
  if (kind === 'nothing') return undefined
  return Buffer.from(txEnd === 'rollback' ? `{"updated":0,"would_update":${affected}}` : `{"updated":${affected}}`)
}

/** @param there rows that there are now to be ranged over: none of those that were deleted, or have no order yet */
const writtenRange = ({ count }: Preferences, there: number, affected: number): Record<string, string> => ({
  'Content-Range': contentRange(0, there, count === undefined ? undefined : affected),
  'Range-Unit': 'items',
})

// Of several rows there is no one place, and what was rolled back has none.
const location = (
  path: string,
  { keys, affected }: TableCreateResponse,
  { txEnd }: Preferences,
): Record<string, string> => {
  if (affected !== 1 || txEnd === 'rollback' || keys.length === 0) return {}
  const [key] = parseJsonRows(keys)
  if (key === undefined || key.size === 0) return {}
  return { Location: `${path}?${[...key].map(([name, value]) => conditionOf(name, value)).join('&')}` }
}

const conditionOf = (name: string, value: JsonValue): string => {
  if (value.kind === 'null') return `where.is.${name}=null`
  const text = 'text' in value ? value.text : value.kind
  return `where.eq.${name}=${encodeURIComponent(escapeReference(text))}`
}

const emptyRows = Buffer.from('[]')
