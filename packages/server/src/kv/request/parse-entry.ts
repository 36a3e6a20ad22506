import type { KvConfig } from '../../config/kv-config.js'
import { ApiError } from '../../errors.js'
import { type Document, isJsonType } from '../documents/document.js'
import { meaningOf } from '../documents/json-pieces.js'
import { type EncodedKey, encodeKey } from '../keys/key.js'
import { badDocument } from './bad-document.js'
import { checkJson } from './check-document.js'
import { parseExpiry } from './expiry.js'
import { KvRefusal } from './kv-refusal.js'
import { parseMetadata } from './metadata.js'
import type { Entry } from './parse-entries.js'

/**
 * One document of a batch or a transaction. JSON values are kept token for token, all others are base64. Throws ApiError,
 * KvRefusal. @param place for errors, e.g. "entry 3"
 */
export const parseEntry = (
  entry: Entry,
  place: string,
  config: KvConfig,
  key: (own: EncodedKey) => EncodedKey,
  revision: string,
  now: number,
): Document => {
  const contentType = parseContentType(textOf(entry, 'content_type', place) ?? '', place)
  const value = parseValue(entry.get('value'), contentType, place, config)
  if (value.length > config.limits.maxValueBytes) throw tooLarge(place, config)
  checkJson(value, contentType, `the value of ${place}`, config)
  return {
    key: key(parseKey(entry, place)),
    value,
    contentType,
    metadata: parseMetadata(writtenOf(entry, 'metadata'), config.limits.maxMetadataBytes, place),
    revision,
    liveUntil: liveUntilOf(entry, place, now),
  }
}

export const parseKey = (entry: Entry, place: string): EncodedKey => {
  const key = textOf(entry, 'key', place)
  // Kopano breaks off here.
  if (key === undefined) throw new ApiError('bad_body', { detail: `Expected a key in ${place}` })
  return encodeKey(Buffer.from(key))
}

/** A member that is text; undefined when it is null or not there. */
export const textOf = (entry: Entry, name: string, place: string): string | undefined => {
  const value = meaningOf(entry.get(name) ?? 'null')
  if (value === null) return undefined
  if (typeof value === 'string') return value
  throw new KvRefusal(400, new ApiError('bad_body', { detail: `Expected text as ${name} of ${place}` }))
}

const liveUntilOf = (entry: Entry, place: string, now: number): number => {
  const [ttl, expires] = [writtenOf(entry, 'ttl'), writtenOf(entry, 'expires')]
  try {
    return parseExpiry({ ttl, expires, keeps: false }, now).liveUntil
  } catch (error) {
    throw error instanceof ApiError ? new ApiError('bad_body', { detail: `${error.detail}, in ${place}` }) : error
  }
}

const writtenOf = (entry: Entry, name: string): string | undefined => {
  const value = entry.get(name)
  return value === 'null' ? undefined : value
}

/** In the form of a header: each byte one character. */
const parseContentType = (text: string, place: string): string => {
  const header = Buffer.from(text).toString('latin1')
  if (header.length > maxTypeBytes) {
    throw new ApiError('bad_body', { detail: `Expected a content_type of at most ${maxTypeBytes} bytes in ${place}` })
  }
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(header)) return header
  throw new ApiError('bad_body', { detail: `Expected a content_type without control characters in ${place}` })
}

// A header that answers it must not be more than clients take.
const maxTypeBytes = 4096

const parseValue = (value: string | undefined, contentType: string, place: string, config: KvConfig): Buffer => {
  if (isJsonType(contentType)) {
    if (value !== undefined) return Buffer.from(value, 'latin1')
    throw new ApiError('bad_body', { detail: `Expected a value in ${place}, whose type is JSON` })
  }
  if (value === undefined) return Buffer.alloc(0)
  // Kopano takes the letters of null and the digits of numbers for base64.
  if (!value.startsWith('"'))
    throw badDocument(config, 'bad_body', { detail: `Expected base64 text as value of ${place}` })
  const text = (meaningOf(value) as string).replace(/[\r\n]/g, '')
  if (text.length % 4 === 0 && base64.test(text)) return Buffer.from(text, 'base64')
  const detail = `Expected base64 with padding, in the alphabet with + and /, as value of ${place}`
  throw new KvRefusal(400, badDocument(config, 'bad_body', { detail }))
}

// Not in groups of four: a repeated group needs memory for each turn, and fails in a text of megabytes.
const base64 = /^[A-Za-z0-9+/]*={0,2}$/

const tooLarge = (place: string, config: KvConfig): ApiError =>
  badDocument(config, 'bad_body', {
    detail: `Expected a value of at most ${config.limits.maxValueBytes} bytes in ${place}`,
    hint: 'kv.limits.max_value_size sets the limit',
  })
