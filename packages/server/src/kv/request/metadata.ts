import { ApiError } from '../../errors.js'
import { jsonToken } from '../documents/json-pieces.js'

/**
 * JSON that stands beside a value; undefined: none. Throws ApiError.
 * @param latin1 one character for each byte, as Node gives headers
 * @param place of the member `metadata`, e.g. "entry 3"; undefined: it is the header X-KV-Meta
 */
export const parseMetadata = (latin1: string | undefined, maxBytes: number, place?: string): string | undefined => {
  if (latin1 === undefined) return undefined
  const text = Buffer.from(latin1, 'latin1').toString('utf8')
  const [code, name] =
    place === undefined ? (['bad_header', 'X-KV-Meta'] as const) : (['bad_body', `metadata of ${place}`] as const)
  if (Buffer.byteLength(text) > maxBytes) {
    throw new ApiError(code, { detail: `Expected ${name} to have at most ${maxBytes} bytes`, hint: limitHint })
  }
  if (isObject(text)) return asHeader(text)
  throw new ApiError(code, { detail: `Expected ${name} to be a JSON object` })
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
