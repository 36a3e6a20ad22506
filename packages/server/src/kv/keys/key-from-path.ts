import { ApiError } from '../../errors.js'
import { type EncodedKey, encodeKey } from './key.js'

/** The key that a part of a URL path means; `%2F` is a slash. Throws ApiError bad_escape. */
export const keyFromPath = (path: string): EncodedKey => (isEncoded.test(path) ? path : encodeKey(bytesOf(path)))

// Nearly every key is its own encoded form.
const isEncoded = /^[A-Za-z0-9._~/-]*$/

// Not decodeURIComponent: a key may be any bytes.
const bytesOf = (path: string): Buffer => {
  const bytes = Buffer.from(path, 'latin1')
  let length = 0
  for (let index = 0; index < bytes.length; index++) {
    const isEscape = bytes[index] === percent
    bytes[length++] = isEscape ? byteAt(path, index + 1) : bytes[index]!
    if (isEscape) index += 2
  }
  return bytes.subarray(0, length)
}

const byteAt = (path: string, start: number): number => {
  const digits = path.slice(start, start + 2)
  if (/^[0-9A-Fa-f]{2}$/.test(digits)) return Number.parseInt(digits, 16)
  throw new ApiError('bad_escape', {
    detail: `Expected two hexadecimal digits behind a percent sign, got ${JSON.stringify(`%${digits}`)}`,
    hint: 'Write a percent sign as %25',
  })
}

const percent = 0x25
