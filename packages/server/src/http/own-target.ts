import type { IncomingMessage } from 'node:http'

export interface Target {
  readonly path: string
  /** Without its question mark; empty without one. */
  readonly query: string
}

/** Path and query as the client wrote them. */
export const ownTarget = (request: IncomingMessage): Target => {
  // Mounted in an application, `url` lacks where.
  const url = (request as { originalUrl?: string }).originalUrl ?? request.url ?? '/'
  const mark = url.indexOf('?')
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) }
}

/** A target as it may stand in a header: Node hands on what a client did not escape, byte by byte. */
export const inHeader = ({ path, query }: Target): string =>
  (query === '' ? path : `${path}?${query}`).replace(unsafe, escaped)

const unsafe = /[^\x21-\x7e]|[<>"]/g
const escaped = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
