import type { RowEncoder } from './row-encoder.js'
import { splitRows } from './row-splitter.js'

/** One row on each line. A row keeps its bytes; only line breaks between its tokens become blanks. */
export class NdjsonEncoder implements RowEncoder {
  encode(rows: Uint8Array): Uint8Array[] {
    const hasBreaks = rows.includes(lineFeed) || rows.includes(carriageReturn)
    // Each comma makes room for a line feed, and the last row needs one more.
    const lines = Buffer.allocUnsafe(rows.length + 1)
    let length = 0
    splitRows(rows, (start, end) => {
      lines.set(rows.subarray(start, end), length)
      if (hasBreaks) joinLines(lines.subarray(length, length + end - start))
      length += end - start
      lines[length++] = lineFeed
    })
    return [lines.subarray(0, length)]
  }

  end(): Uint8Array[] {
    return []
  }
}

// Inside a string there is none: the splitter has refused it.
const joinLines = (row: Uint8Array): void => {
  for (let index = 0; index < row.length; index++) {
    if (row[index] === lineFeed || row[index] === carriageReturn) row[index] = blank
  }
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const blank = 0x20
