import { createHash } from 'node:crypto'
import { badCursor } from '../../request/cursor.js'
import { primaryKey, type Space } from '../keys/space.js'

/**
 * A position in a listing as the text of `cursor=`: what the listing is, and where in the space to go on. It is not
 * signed: whoever forges one has named a key of his own.
 */
export const writeListCursor = (pk: string, space: Space, binding: string): string =>
  `${digest(binding)}.${Buffer.from(pk.slice(space.length)).toString('base64url')}`

/** Where to go on. Throws ApiError bad_parameter unless it is a cursor of the same listing. */
export const readListCursor = (cursor: string, space: Space, binding: string): string => {
  const [, bound, encoded = ''] = /^([\w-]{11})\.([\w-]*)$/.exec(cursor) ?? []
  const key = Buffer.from(encoded, 'base64url').toString('latin1')
  if (bound === undefined || !isPosition.test(key))
    throw badCursor('Expected a cursor as a link to the next page holds it')
  if (bound !== digest(binding)) throw badCursor('The cursor belongs to another listing')
  return primaryKey(space, key)
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 11)

// A position is a key, or what stands just behind one or behind all that begin so.
const isPosition = /^[!-\x7f]*$/
