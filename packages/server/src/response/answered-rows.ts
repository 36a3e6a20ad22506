import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Projection, TableGetChunk, TableGetRequest, TableGetResponse } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import type { TableGet } from '../request/table-get.js'
import { createRowEncoder } from './create-row-encoder.js'
import { entityTag } from './entity-tag.js'
import type { Format } from './format.js'
import type { RowEncoder } from './row-encoder.js'
import { arrayContent, cutRows } from './row-splitter.js'

/** The rows of a GET in the format of the answer. */
export interface AnsweredRows {
  readonly body: Uint8Array | AsyncIterable<Uint8Array>
  /** undefined: known only behind the last row. */
  readonly rowCount: number | undefined
  /** All rows that match, when a count was asked. */
  readonly total: number | undefined
  /** The entity tag without its quotes; undefined: nobody asked for one, or the rows are still to come. */
  readonly tag: string | undefined
  /** The cursor of the next page; absent: there is none, or nobody asked. */
  readonly next?: string
}

/** Rows that came in one message: JSON is that message's bytes. Throws ApiError. */
export const wholeRows = async (
  { request, format, tagged, columns }: TableGet,
  answer: TableGetResponse,
): Promise<AnsweredRows> => {
  const { rows, rowCount, total } = answer
  requireRange(request, total)
  const body = await inFormat(rows, format, request.select, columns)
  // A header line that no row tells may change while the rows do not.
  const isHeaderOnly = format === 'csv' && request.select.length === 0 && rowCount === 0
  const tag = tagged && !isHeaderOnly ? await entityTag(rows, format, total) : undefined
  return { body, rowCount, total, tag }
}

/**
 * Rows that are still to come; the first of them are awaited here, so that what fails until then is an ordinary answer.
 * Throws ApiError and what `chunks` throws.
 */
export const streamedRows = async (
  { request, format, columns }: TableGet,
  chunks: AsyncIterable<TableGetChunk>,
): Promise<AnsweredRows> => {
  let total: number | undefined
  const onFirst = (chunk: TableGetChunk): void => {
    total = chunk.total
    requireRange(request, total)
  }
  const body = await started(encoded(rowsOf(chunks, onFirst), format, request.select, columns))
  return { body, rowCount: total === undefined ? undefined : rowsOnPage(request, total), total, tag: undefined }
}

/** Rows that nobody is going to read, of which all is known that their headers tell. Throws ApiError. */
export const countedRows = ({ request }: TableGet, total: number | undefined): AnsweredRows => {
  requireRange(request, total)
  return {
    body: nothing,
    rowCount: total === undefined ? undefined : rowsOnPage(request, total),
    total,
    tag: undefined,
  }
}

// Not an empty body, which would have a length.
const nothing: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
}

/** Throws ApiError when a page begins behind the last of all rows. @param total undefined: not known */
export const requireRange = ({ page }: Pick<TableGetRequest, 'page'>, total: number | undefined): void => {
  const offset = page?.offset ?? 0
  if (total === undefined || offset === 0 || offset < total) return
  throw new ApiError('range_not_satisfiable', {
    detail: `Expected a range that begins before row ${total}, got one at ${offset}`,
    headers: { 'Content-Range': `*/${total}` },
  })
}

// One read happens in one transaction, so the rows on the page follow from the total.
const rowsOnPage = ({ page }: TableGetRequest, total: number): number =>
  Math.max(0, Math.min(page?.limit ?? total, total - (page?.offset ?? 0)))

/** The columns of a table, when they are known. */
export type ColumnNames = () => Promise<readonly string[] | undefined>

/**
 * A JSON array of rows in the format of the answer; JSON stays the bytes it is.
 * @param columns asked where no row tells them and the request names none
 */
export const inFormat = async (
  rows: Uint8Array,
  format: Format,
  select: readonly Projection[],
  columns?: ColumnNames,
): Promise<AnsweredRows['body']> => {
  if (format === 'json') return rows
  if (format === 'object') return arrayContent(rows)
  const pieces = encoded(piecesOf(rows), format, select, columns)
  if (rows.length > pieceBytes) return started(pieces)
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}

// Other requests get their turn between two pieces.
async function* piecesOf(rows: Uint8Array): AsyncGenerator<Uint8Array> {
  for (const piece of cutRows(arrayContent(rows), pieceBytes)) {
    yield piece
    await nextTurn()
  }
}

async function* rowsOf(
  chunks: AsyncIterable<TableGetChunk>,
  onFirst: (chunk: TableGetChunk) => void,
): AsyncGenerator<Uint8Array> {
  let isFirst = true
  for await (const chunk of chunks) {
    if (isFirst) onFirst(chunk)
    isFirst = false
    if (chunk.rows.length > 0) yield chunk.rows
  }
}

async function* encoded(
  pieces: AsyncIterable<Uint8Array>,
  format: Format,
  select: readonly Projection[],
  columns?: ColumnNames,
): AsyncGenerator<Uint8Array> {
  const named = select.length === 0 ? undefined : select.map(({ alias }) => alias)
  let encoder: RowEncoder | undefined
  for await (const rows of pieces) {
    encoder ??= createRowEncoder(format, named)
    yield* encoder.encode(rows)
  }
  encoder ??= createRowEncoder(format, named ?? (format === 'csv' ? await columns?.() : undefined))
  yield* encoder.end()
}

// A generator that has not begun does not run its `finally` when it is told to end; this one has.
const started = async (pieces: AsyncGenerator<Uint8Array>): Promise<AsyncIterable<Uint8Array>> => {
  let first: IteratorResult<Uint8Array> | undefined = await pieces.next()
  const next = (): Promise<IteratorResult<Uint8Array>> => {
    const result = first
    first = undefined
    return result === undefined ? pieces.next() : Promise.resolve(result)
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: () => pieces.return(undefined) }) }
}

// As large as one chunk of a stream.
const pieceBytes = 256 * 1024
