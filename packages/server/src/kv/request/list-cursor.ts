import { createHash } from 'node:crypto'
import { badCursor } from '../../request/cursor.js'
import { primaryKey, type Space } from '../keys/space.js'

/**
 * A position in a listing as the text of `cursor=`: a sum of what the listing is and of the position, and the position in
 * the space. The sum is not signed: whoever forges one has named a key of his own.
 */
export const writeListCursor = (pk: string, space: Space, binding: string): string => {
  const position = Buffer.from(pk.slice(space.length)).toString('base64url')
  return `${digest(binding, position)}.${position}`
}

/** Where to go on. Throws ApiError bad_parameter unless it is a cursor of the same listing. */
export const readListCursor = (cursor: string, space: Space, binding: string): string => {
  const [, sum, position = ''] = /^([\w-]{11})\.([\w-]*)$/.exec(cursor) ?? []
  const key = Buffer.from(position, 'base64url').toString('latin1')
  if (sum === undefined || !isPosition.test(key))
    throw badCursor('Expected a cursor as a link to the next page holds it')
  if (sum !== digest(binding, position)) throw badCursor('The cursor belongs to another listing, or was altered')
  return primaryKey(space, key)
}

const digest = (binding: string, position: string): string =>
  createHash('sha256').update(`${binding} ${position}`).digest('base64url').slice(0, 11)

// A position is a key, or what stands just behind one or behind all that begin so.
const isPosition = /^[!-\x7f]*$/
