import type { JsonRow, JsonValue } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { parseRow } from './parse-row.js'
import { writePlainRow } from './plain-csv-row.js'
import type { RowEncoder } from './row-encoder.js'
import { cutRows, splitRows } from './row-splitter.js'

/**
 * CSV as RFC 4180 has it, with a header line. The columns are those that are given, otherwise the members of the first row;
 * without either there is nothing to say, and the answer is empty.
 */
export class CsvEncoder implements RowEncoder {
  private headerWritten = false
  /** Of the columns, as they stand in a row. */
  private keys: readonly Buffer[] = []

  constructor(private columns: readonly string[] | undefined) {}

  *encode(rows: Uint8Array): Generator<Uint8Array> {
    for (const piece of cutRows(rows, pieceBytes)) yield Buffer.concat(this.lines(piece))
  }

  end(): Uint8Array[] {
    return this.columns === undefined || this.headerWritten ? [] : [Buffer.from(headerLine(this.columns))]
  }

  private lines(piece: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = []
    const plain = Buffer.allocUnsafe(piece.length)
    let length = 0
    let taken = 0
    splitRows(piece, (start, end) => {
      if (!this.headerWritten) lines.push(this.header(piece.subarray(start, end)))
      const written = writePlainRow(piece, start, end, this.keys, plain, length)
      if (written >= 0) {
        length = written
        return
      }
      lines.push(plain.subarray(taken, length), Buffer.from(line(parseRow(piece.subarray(start, end)), this.columns!)))
      taken = length
    })
    return [...lines, plain.subarray(taken, length)]
  }

  private header(firstRow: Uint8Array): Buffer {
    this.columns ??= [...parseRow(firstRow).keys()]
    this.keys = this.columns.map((column) => Buffer.from(`${JSON.stringify(column)}:`))
    this.headerWritten = true
    return Buffer.from(headerLine(this.columns))
  }
}

const headerLine = (columns: readonly string[]): string => record(columns.map(textCell))

const line = (row: JsonRow, columns: readonly string[]): string => {
  let found = 0
  const cells = columns.map((column) => {
    const value = row.get(column)
    if (value === undefined) return ''
    found++
    return cell(value)
  })
  if (found < row.size) throw unknownMember(row, columns)
  return record(cells)
}

// Many readers skip an empty line, and with it a row whose only cell is empty.
const record = (cells: readonly string[]): string =>
  cells.length === 1 && cells[0] === '' ? '""\r\n' : `${cells.join(',')}\r\n`

const cell = (value: JsonValue): string => {
  if (value.kind === 'null') return ''
  if (value.kind === 'number') return value.text
  if (value.kind === 'string') return textCell(value.text)
  return value.kind === 'json' ? quoted(value.text) : value.kind
}

// A spreadsheet runs what begins like a formula; numbers are no text and need no guard. An empty text is `""`, so that
// it differs from NULL.
const textCell = (text: string): string => {
  if (text === '') return '""'
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(guarded) ? quoted(guarded) : guarded
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

// A line has a place for each column and for nothing else; a value must not get lost.
const unknownMember = (row: JsonRow, columns: readonly string[]): ApiError => {
  const unknown = [...row.keys()].find((name) => !columns.includes(name))
  return new ApiError('plugin_error', {
    cause: new Error(`expected every row to have the members ${columns.join(', ')} at most, got ${unknown}`),
  })
}

// Rows are converted in pieces of this size: a large chunk would hold up other requests.
const pieceBytes = 64 * 1024
