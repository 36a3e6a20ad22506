import type { IncomingMessage } from 'node:http'
import { ApiError } from '../errors.js'
import { decodePercent } from '../request/query-string.js'
import { inHeader, ownTarget } from './own-target.js'

/**
 * The Link to the page behind a cursor: the URL of the request with another cursor.
 * @param mostBytes that a URL may have here
 * Throws ApiError uri_too_long: a link that cannot be followed must not look like the end.
 */
export const nextLink = (request: IncomingMessage, cursor: string, mostBytes: number): string => {
  const { path, query } = ownTarget(request)
  const kept = query.split('&').filter((part) => part !== '' && !replaced.has(nameOf(part)))
  const target = inHeader({ path, query: [...kept, `cursor=${cursor}`].join('&') })
  if (target.length > mostBytes) throw tooLong(mostBytes)
  return `<${target}>; rel="next"`
}

const replaced = new Set(['cursor', 'offset'])

const nameOf = (part: string): string => decodePercent(part.split('=', 1)[0]!.replaceAll('+', ' '))

const tooLong = (mostBytes: number): ApiError =>
  new ApiError('uri_too_long', {
    detail: `The link to the next page would have more than ${mostBytes} bytes`,
    hint: 'Order by columns with shorter values, or use limit and offset',
  })
