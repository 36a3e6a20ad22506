import { JsonScanError, type JsonValue, parseJsonValues } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import type { Keyset } from './keyset.js'
import type { KeysetPosition } from './keyset-condition.js'

/**
 * A position as the text of `cursor=`: what the read is, and the values of its keys. It is not signed: whoever forges one
 * has written a condition that he may write anyway.
 * @param lastKey as the plugin answers it
 */
export const writeCursor = ({ binding }: Keyset, lastKey: Uint8Array): string =>
  `${binding}.${Buffer.from(lastKey).toString('base64url')}`

/** Throws ApiError bad_parameter unless it is a cursor of the same read. */
export const readCursor = (cursor: string, { binding, keys }: Keyset): KeysetPosition => {
  const [, bound, encoded = ''] = /^([\w-]+)\.([\w-]+)$/.exec(cursor) ?? []
  if (bound === undefined) throw badCursor('Expected a cursor as a link to the next page holds it')
  if (bound !== binding) throw badCursor('The cursor belongs to another table, select, condition or ordering')
  const position = positionOf(Buffer.from(encoded, 'base64url'))
  if (position?.length !== keys.length) throw badCursor('Expected a cursor as a link to the next page holds it')
  return position
}

/** The values of a last key; undefined: it is none. */
export const positionOf = (lastKey: Uint8Array): KeysetPosition | undefined => {
  try {
    return parseJsonValues(lastKey).map(operandOf)
  } catch (error) {
    if (error instanceof JsonScanError) return undefined
    throw error
  }
}

export const badCursor = (detail: string): ApiError =>
  new ApiError('bad_parameter', { detail, hint: 'Follow the link as it came, or leave cursor out to begin anew' })

/** undefined is NULL. */
export const operandOf = (value: JsonValue): string | undefined => {
  if (value.kind === 'null') return undefined
  return 'text' in value ? value.text : value.kind
}
