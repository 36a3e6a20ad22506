import { ApiError } from '../errors.js'

/**
 * Tells where each row of `{...},{...}` begins and ends. Brackets and quotes are looked at, values are not.
 * Throws ApiError plugin_error when the bytes are not whole objects separated by commas.
 */
export const splitRows = (rows: Uint8Array, visit: (start: number, end: number) => void): void => {
  let depth = 0
  let start = 0
  let place: 'start' | 'row' | 'comma' = 'start'
  for (let index = 0; index < rows.length; index++) {
    const byte = rows[index]!
    if (byte === quote && depth > 0) index = endOfString(rows, index)
    else if (byte === openBrace || byte === openBracket) {
      if (depth++ > 0) continue
      if (byte === openBracket || place === 'row') throw notRows('"," or the end', index)
      start = index
    } else if (byte === closeBrace || byte === closeBracket) {
      if (--depth > 0) continue
      if (depth < 0) throw notRows('a row', index)
      visit(start, index + 1)
      place = 'row'
    } else if (depth === 0 && !isSpace(byte)) {
      if (byte !== comma || place !== 'row') throw notRows(place === 'row' ? '","' : 'a row', index)
      place = 'comma'
    }
  }
  if (depth > 0 || place === 'comma') throw notRows('the rest of a row', rows.length)
}

/** Cuts the rows into pieces of whole rows, each at least `size` bytes long but the last. Throws as splitRows. */
export const cutRows = (rows: Uint8Array, size: number): Uint8Array[] => {
  const pieces: Uint8Array[] = []
  let first = -1
  let last = 0
  splitRows(rows, (start, end) => {
    if (first < 0) first = start
    last = end
    if (end - first < size) return
    pieces.push(rows.subarray(first, end))
    first = -1
  })
  if (first >= 0) pieces.push(rows.subarray(first, last))
  return pieces
}

/** What stands between the brackets of a JSON array. Throws ApiError plugin_error when there are none. */
export const arrayContent = (array: Uint8Array): Uint8Array => {
  let start = 0
  let end = array.length - 1
  while (start < end && isSpace(array[start]!)) start++
  while (end > start && isSpace(array[end]!)) end--
  if (array[start] !== openBracket || array[end] !== closeBracket || start >= end) {
    throw notRows('the brackets of an array', start)
  }
  return array.subarray(start + 1, end)
}

// A raw line break inside a string is no JSON, and would tear a line of NDJSON apart.
const endOfString = (rows: Uint8Array, start: number): number => {
  for (let index = start + 1; index < rows.length; index++) {
    const byte = rows[index]!
    if (byte === quote) return index
    if (byte === backslash) index++
    else if (byte < 0x20) throw notRows('no control character in a string', index)
  }
  throw notRows('the end of a string', rows.length)
}

const notRows = (expected: string, offset: number): ApiError =>
  new ApiError('plugin_error', {
    cause: new Error(
      `the plugin's rows are not JSON objects separated by commas: expected ${expected} at byte ${offset}`,
    ),
  })

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

const quote = 0x22
const comma = 0x2c
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
