import type { KvConfig } from '../../config/kv-config.js'
import { ApiError } from '../../errors.js'
import { isJsonType } from '../documents/document.js'
import { indentJson } from '../documents/indent-json.js'
import { type EncodedKey, keyLength } from '../keys/key.js'
import { maxPrimaryKeyLength, primaryKey, type Space } from '../keys/space.js'
import { badDocument } from './bad-document.js'

/** The primary key of a key to write. Throws ApiError bad_key when it is longer than it may be. */
export const checkedKey = (space: Space, key: EncodedKey, { limits }: KvConfig): string => {
  const length = keyLength(key)
  if (length > limits.maxKeyBytes) {
    throw new ApiError('bad_key', {
      detail: `Expected a key of at most ${limits.maxKeyBytes} bytes, got ${length}`,
      hint: 'kv.limits.max_key_size sets the limit',
    })
  }
  return storedKey(space, key)
}

/**
 * The primary key of a key that may be in the table already, from before the limit was what it is. Throws ApiError bad_key
 * when the table has no room for it.
 */
export const storedKey = (space: Space, key: EncodedKey): string => {
  const pk = primaryKey(space, key)
  if (pk.length <= maxPrimaryKeyLength) return pk
  throw new ApiError('bad_key', {
    detail: `With its owner and all but letters and digits percent-encoded the key has ${pk.length} bytes; ${maxPrimaryKeyLength} have room`,
  })
}

/** Throws ApiError when a body calls itself JSON and is none. @param place for the error, e.g. "the body" */
export const checkJson = (value: Buffer, contentType: string, place: string, config: KvConfig): void => {
  if (!config.strictJson || !isJsonType(contentType) || indentJson(value.toString('latin1'), '') !== undefined) return
  throw badDocument(config, 'bad_json', {
    detail: `The content type says JSON, but ${place} is no JSON value, or one nested deeper than 100 levels`,
    hint: 'kv.strict_json: false stores it all the same',
  })
}
