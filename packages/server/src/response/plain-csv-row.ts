/**
 * Writes a row whose members are those expected, in their order, without blanks between tokens, escapes or nested values:
 * what nearly every row is, and several times as fast as decoding it. Answers where the line ends in `out`, which needs as
 * many bytes as the row has; -1: the row is not plain, and what was written does not count.
 * @param keys each as it stands in the row: `"name":`
 */
export const writePlainRow = (
  rows: Uint8Array,
  start: number,
  end: number,
  keys: readonly Uint8Array[],
  out: Uint8Array,
  outStart: number,
): number => {
  let position = start + 1
  let length = outStart
  for (let column = 0; column < keys.length; column++) {
    const key = keys[column]!
    if (!holds(rows, position, key)) return -1
    const from = position + key.length
    position = endOfScalar(rows, from)
    if (rows[position] !== (column === keys.length - 1 ? closeBrace : comma)) return -1
    if (column > 0) out[length++] = comma
    length = writeCell(rows, from, position++, out, length)
  }
  return position === end ? endLine(out, outStart, length) : -1
}

const holds = (rows: Uint8Array, position: number, expected: Uint8Array): boolean => {
  for (let index = 0; index < expected.length; index++) if (rows[position + index] !== expected[index]) return false
  return true
}

/** -1: not a plain one. */
const endOfScalar = (rows: Uint8Array, start: number): number => {
  const first = rows[start]!
  if (first === quote) return endOfText(rows, start)
  if (first === minus || isDigit(first)) return endOfNumber(rows, start)
  if (holds(rows, start, nullLiteral)) return start + nullLiteral.length
  if (holds(rows, start, trueLiteral)) return start + trueLiteral.length
  return holds(rows, start, falseLiteral) ? start + falseLiteral.length : -1
}

const endOfText = (rows: Uint8Array, start: number): number => {
  for (let position = start + 1; position < rows.length; position++) {
    const byte = rows[position]
    if (byte === quote) return position + 1
    if (byte === backslash) return -1
  }
  return -1
}

const endOfNumber = (rows: Uint8Array, start: number): number => {
  let position = start + 1
  while (isOfNumber(rows[position]!)) position++
  return position
}

const writeCell = (rows: Uint8Array, start: number, end: number, out: Uint8Array, length: number): number => {
  const first = rows[start]
  if (first === lowerN) return length
  return first === quote ? writeText(rows, start, end, out, length) : copy(rows, start, end, out, length)
}

// Without escapes a text holds no quotes and no line breaks, so only commas (and nothing at all) need quotes.
const writeText = (rows: Uint8Array, start: number, end: number, out: Uint8Array, length: number): number => {
  const needsQuotes = end - start === 2 || hasComma(rows, start, end)
  let position = length
  if (needsQuotes) out[position++] = quote
  if (isFormulaStart(rows[start + 1]!)) out[position++] = apostrophe
  position = copy(rows, start + 1, end - 1, out, position)
  if (needsQuotes) out[position++] = quote
  return position
}

const hasComma = (rows: Uint8Array, start: number, end: number): boolean => {
  for (let position = start; position < end; position++) if (rows[position] === comma) return true
  return false
}

// Cells are a few bytes long: a loop is faster than a call into the runtime.
const copy = (rows: Uint8Array, start: number, end: number, out: Uint8Array, length: number): number => {
  let position = length
  for (let index = start; index < end; index++) out[position++] = rows[index]!
  return position
}

const endLine = (out: Uint8Array, start: number, length: number): number => {
  let position = length
  // As in CsvEncoder: a row of one empty cell is no empty line.
  if (position === start) position = copy(emptyCell, 0, emptyCell.length, out, position)
  out[position++] = carriageReturn
  out[position++] = lineFeed
  return position
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

const isOfNumber = (byte: number): boolean =>
  isDigit(byte) || byte === dot || byte === minus || byte === plus || byte === lowerE || byte === upperE

// A tab or a carriage return would be escaped.
const isFormulaStart = (byte: number): boolean => byte === equals || byte === plus || byte === minus || byte === at

const nullLiteral = Buffer.from('null')
const trueLiteral = Buffer.from('true')
const falseLiteral = Buffer.from('false')
const emptyCell = Buffer.from('""')

const lineFeed = 0x0a
const carriageReturn = 0x0d
const quote = 0x22
const apostrophe = 0x27
const plus = 0x2b
const comma = 0x2c
const minus = 0x2d
const dot = 0x2e
const equals = 0x3d
const at = 0x40
const upperE = 0x45
const backslash = 0x5c
const lowerE = 0x65
const lowerN = 0x6e
const closeBrace = 0x7d
