import { ApiError } from '../../errors.js'
import { jsonToken } from '../documents/json-pieces.js'

/** JSON that stands beside a value, from the header X-KV-Meta; undefined: none. Throws ApiError bad_header. */
export const parseMetadata = (header: string | undefined, maxBytes: number): string | undefined => {
  if (header === undefined) return undefined
  // Node gives bytes as characters.
  const text = Buffer.from(header, 'latin1').toString('utf8')
  if (Buffer.byteLength(text) > maxBytes) {
    throw new ApiError('bad_header', { detail: `Expected metadata of at most ${maxBytes} bytes`, hint: limitHint })
  }
  if (isObject(text)) return asHeader(text)
  throw new ApiError('bad_header', { detail: 'Expected a JSON object in X-KV-Meta' })
}

const isObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

// What a batch holds may have line breaks between its tokens, which would end the header that answers it.
const asHeader = (object: string): string => object.match(jsonToken)!.join('').replaceAll('\x7f', '\\u007f')

const limitHint = 'kv.limits.max_metadata_size sets the limit'
