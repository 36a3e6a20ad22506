import { isUtf8 } from 'node:buffer'
import { JsonScanError, scanJson } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { formats } from '../response/format.js'
import { mediaType } from './media-type.js'
import { readCsv } from './read-csv.js'
import { readForm } from './read-form.js'

/** What a body is to hold: the rows of a POST, or the one object of a PATCH or a function call. */
export type BodyShape = 'rows' | 'row'

/**
 * The JSON that a body of another format stands for: cells and form values are strings, which the plugin converts to the
 * types of their columns. A JSON body is answered as it is, but without a byte order mark; no Content-Type means JSON, as in
 * the original.
 * Throws ApiError unsupported_media_type, bad_body, bad_json, bad_escape.
 */
export const bodyToJson = (contentType: string | undefined, sent: Buffer, shape: BodyShape): Buffer => {
  const format = bodyFormat(contentType)
  const body = withoutMark(sent)
  if (format === 'json') return body
  if (format === 'csv') requireHeaderLine(contentType)
  const rows = rowTexts[format](body, shape)
  if (shape === 'rows') return Buffer.from(`[${rows.join(',')}]`)
  if (rows.length === 1) return Buffer.from(rows[0]!)
  throw new ApiError('bad_body', { detail: `Expected one row, got ${rows.length}` })
}

// Editors and clients of Windows write one in front of UTF-8 (RFC 8259 section 8.1 lets a parser skip it).
const withoutMark = (body: Buffer): Buffer =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body

const bodyFormats = ['json', 'ndjson', 'csv', 'form'] as const

const bodyFormat = (contentType: string | undefined): (typeof bodyFormats)[number] => {
  const type = mediaType(contentType)
  const format = type === '' ? 'json' : bodyFormats.find((name) => mediaTypes(name).includes(type))
  if (format !== undefined) return format
  throw new ApiError('unsupported_media_type', {
    detail: `Expected Content-Type to be one of ${bodyMediaTypes.join(', ')}, got ${JSON.stringify(type.slice(0, 80))}`,
  })
}

const mediaTypes = (format: (typeof bodyFormats)[number]): readonly string[] => formats[format].mediaTypes

// RFC 4180 section 3. The first row would be taken for the names of columns.
const requireHeaderLine = (contentType = ''): void => {
  if (!/;\s*header\s*=\s*"?absent/i.test(contentType)) return
  throw new ApiError('unsupported_media_type', {
    detail: 'Expected CSV with a header line, which names the columns, got header=absent',
  })
}

/** Everything a Content-Type may say. */
export const bodyMediaTypes: readonly string[] = bodyFormats.flatMap(mediaTypes)

/** One JSON text a line; empty lines are skipped. */
const readLines = (body: Buffer): string[] => {
  if (!isUtf8(body)) throw new ApiError('bad_json', { detail: 'Expected NDJSON in UTF-8' })
  const lines = body.toString('utf8').split('\n')
  return lines.flatMap((line, index) => {
    const text = line.trim()
    if (text === '') return []
    checkLine(Buffer.from(text), index + 1)
    return [text]
  })
}

// A line that holds half an object, or two, would make other rows of the whole.
const checkLine = (line: Buffer, number: number): void => {
  try {
    scanJson(line, {})
  } catch (error) {
    if (!(error instanceof JsonScanError)) throw error
    throw new ApiError('bad_json', { detail: `In line ${number} of the body, ${error.message}` })
  }
}

const csvRows = (body: Buffer): string[] => {
  const { names, rows } = readCsv(body)
  // What stands before each cell: there may be many rows.
  const starts = names.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)
  return rows.map((cells) => `${cells.reduce((text: string, cell, index) => text + starts[index] + textOf(cell), '')}}`)
}

const textOf = (cell: string | null): string => (cell === null ? 'null' : JSON.stringify(cell))

const formRow = (body: Buffer, shape: BodyShape): string => {
  const row = readForm(body)
  // A body that was forgotten, rather than a row of defaults.
  if (row.size === 0 && shape === 'rows') throw emptyForm()
  return `{${[...row].map((pair) => pair.map((text) => JSON.stringify(text)).join(':')).join(',')}}`
}

const emptyForm = (): ApiError =>
  new ApiError('bad_body', {
    detail: 'Expected a form with at least one name=value, got an empty one',
    hint: 'For a row of defaults send {} with Content-Type: application/json',
  })

/** The rows of a body, each as the text of a JSON object. */
const rowTexts = { ndjson: readLines, csv: csvRows, form: (body: Buffer, shape: BodyShape) => [formRow(body, shape)] }
