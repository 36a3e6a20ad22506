import type { IncomingMessage } from 'node:http'
import { inHeader, ownTarget } from './own-target.js'

/** Content-Location of what was read: the URL of the request, its parameters in alphabetical order. */
export const contentLocation = (request: IncomingMessage): string => {
  const { path, query } = ownTarget(request)
  return inHeader({ path, query: query.includes('&') ? inOrder(query) : query })
}

const inOrder = (query: string): string =>
  query
    .split('&')
    .filter((part) => part !== '')
    .sort()
    .join('&')
