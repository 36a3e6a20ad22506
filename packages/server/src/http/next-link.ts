import type { IncomingMessage } from 'node:http'
import { ApiError } from '../errors.js'
import { decodePercent } from '../request/query-string.js'

/**
 * The Link to the page behind a cursor: the URL of the request with another cursor.
 * @param mostBytes that a URL may have here
 * Throws ApiError uri_too_long: a link that cannot be followed must not look like the end.
 */
export const nextLink = (request: IncomingMessage, cursor: string, mostBytes: number): string => {
  // Mounted in an application, `url` lacks where.
  const url = (request as { originalUrl?: string }).originalUrl ?? request.url ?? '/'
  const mark = url.indexOf('?')
  const [path, query] = mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)]
  const kept = query.split('&').filter((part) => part !== '' && !replaced.has(nameOf(part)))
  const target = `${path}?${[...kept, `cursor=${cursor}`].join('&')}`.replace(unsafe, escaped)
  if (target.length > mostBytes) throw tooLong(mostBytes)
  return `<${target}>; rel="next"`
}

const replaced = new Set(['cursor', 'offset'])

const nameOf = (part: string): string => decodePercent(part.split('=', 1)[0]!.replaceAll('+', ' '))

// Node hands on what a client did not escape, byte by byte.
const unsafe = /[^\x21-\x7e]|[<>"]/g
const escaped = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

const tooLong = (mostBytes: number): ApiError =>
  new ApiError('uri_too_long', {
    detail: `The link to the next page would have more than ${mostBytes} bytes`,
    hint: 'Order by columns with shorter values, or use limit and offset',
  })
