import { ApiError } from '../errors.js'
import { identifier } from '../request/identifier.js'
import { decodePercent } from '../request/query-string.js'

/** What a path under /api/ names. */
export type Route =
  | { readonly kind: 'table'; readonly connection: string; readonly table: string }
  | { readonly kind: 'function'; readonly connection: string; readonly function: string }
  | { readonly kind: 'schema'; readonly connection: string }
  /** Everything under /api/kvs; the connection is the one that holds the documents. */
  | { readonly kind: 'kv'; readonly connection: string }

/**
 * The route of a path, with or without a slash at its end; undefined when the path is not one of ours.
 * @param kv key of the connection that holds documents; undefined: none does
 * Throws ApiError bad_escape, bad_identifier.
 */
export const parseRoute = (path: string, kv?: string): Route | undefined => {
  if (!path.startsWith('/api/')) return undefined
  const end = path.endsWith('/') ? path.length - 1 : path.length
  const segments = path.slice('/api/'.length, end).split('/')
  const connection = segments[0]!
  if (connection === '') return undefined
  if (connection === 'kvs') return kv === undefined ? undefined : { kind: 'kv', connection: kv }
  if (segments.length === 1) return { kind: 'schema', connection: connectionName(connection) }
  if (segments.length === 2) {
    return {
      kind: 'table',
      connection: connectionName(connection),
      table: identifier(decodePercent(segments[1]!), 'a table'),
    }
  }
  if (segments.length === 3 && segments[1] === 'rpc') {
    return {
      kind: 'function',
      connection: connectionName(connection),
      function: identifier(decodePercent(segments[2]!), 'a function'),
    }
  }
  return undefined
}

/** The methods a route answers, for Allow. */
export const allowedMethods: Record<Route['kind'], readonly string[]> = {
  table: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  function: ['GET', 'HEAD', 'POST', 'OPTIONS'],
  schema: ['GET', 'HEAD', 'QUERY', 'OPTIONS'],
  kv: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'POST', 'OPTIONS'],
}

export const methodNotAllowed = (route: Route, method: string): ApiError => {
  const allow = allowedMethods[route.kind].join(', ')
  return new ApiError('method_not_allowed', {
    detail: `Expected one of ${allow}, got ${method.slice(0, 20)}`,
    headers: { Allow: allow },
  })
}

// Connection names compare without regard to case, in the URL as in the configuration.
const connectionName = (segment: string): string => decodePercent(segment).toLowerCase()
