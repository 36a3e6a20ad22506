import { METHODS } from 'node:http'
import type { Header } from '../../support/http.js'

/** One request, without who sends it. */
export interface Route {
  readonly method: string
  readonly target: string
  readonly headers: readonly Header[]
  readonly body?: string
  readonly place: Place
}

/** What a path names, and what the database has there. */
export type Place =
  | { readonly kind: 'table'; readonly name: string; readonly isThere: boolean; readonly isHidden?: boolean }
  | { readonly kind: 'function'; readonly name: string; readonly isThere: boolean; readonly isHidden?: boolean }
  /** Of a connection with tables, or of one that takes statements. */
  | { readonly kind: 'connection'; readonly takes: 'tables' | 'statements' }
  | { readonly kind: 'table of a connection that takes statements' }
  | { readonly kind: 'unknown connection' }
  | { readonly kind: 'bad path' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'health' }

const users: Place = { kind: 'table', name: 'users', isThere: true }
const places: readonly (readonly [path: string, place: Place])[] = [
  ['/api/db/users/', users],
  ['/api/db/users', users],
  ['/api/DB/users/', users],
  ['/api/db/%75sers/', users],
  ['/api/db/USERS/', { kind: 'table', name: 'USERS', isThere: false }],
  ['/api/db/none/', { kind: 'table', name: 'none', isThere: false }],
  ['/api/db/secrets/', { kind: 'table', name: 'secrets', isThere: true, isHidden: true }],
  ['/api/db/SECRETS/', { kind: 'table', name: 'SECRETS', isThere: false, isHidden: true }],
  ['/api/db/easyrest_kv/', { kind: 'table', name: 'easyrest_kv', isThere: false, isHidden: true }],
  ['/api/db/Easyrest_Cache/', { kind: 'table', name: 'Easyrest_Cache', isThere: false, isHidden: true }],
  ['/api/f/rpc/add/', { kind: 'function', name: 'add', isThere: true }],
  ['/api/f/rpc/none/', { kind: 'function', name: 'none', isThere: false }],
  ['/api/f/rpc/numbers/', { kind: 'function', name: 'numbers', isThere: true, isHidden: true }],
  ['/api/db/', { kind: 'connection', takes: 'tables' }],
  ['/api/sql/', { kind: 'connection', takes: 'statements' }],
  ['/api/sql/users/', { kind: 'table of a connection that takes statements' }],
  ['/api/none/users/', { kind: 'unknown connection' }],
  ['/api/none/', { kind: 'unknown connection' }],
  ['/api/db/bad-name/', { kind: 'bad path' }],
  ['/api/db/users%00/', { kind: 'bad path' }],
  ['/api/db/%ff/', { kind: 'bad path' }],
  ['/api/db/rpc/add-x/', { kind: 'bad path' }],
  ['/api/db//users/', { kind: 'nothing' }],
  ['/api/db/users/extra/', { kind: 'nothing' }],
  ['/API/db/users/', { kind: 'nothing' }],
  ['/api/', { kind: 'nothing' }],
  ['/', { kind: 'nothing' }],
  ['/health', { kind: 'health' }],
]

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'PROPFIND'].filter((method) =>
  METHODS.includes(method),
)

const json: Header = ['Content-Type', 'application/json']
const dryRun: Header = ['Prefer', 'tx=rollback']

export const routes: readonly Route[] = [
  ...places.flatMap(([path, place]) => methods.map((method) => routeOf(method, path, place))),
  // A proxy's way to write DELETE; here it is the POST that it is.
  { ...routeOf('POST', '/api/db/users/', users), headers: [json, dryRun, ['X-HTTP-Method-Override', 'DELETE']] },
]

/** Those that stand for the others where not all are tried. */
export const chosen: readonly Route[] = routes.filter(({ target, method }) =>
  [
    'GET /api/db/users/',
    'PATCH /api/db/users/?where.eq.id=1',
    'GET /api/db/secrets/',
    'GET /api/db/',
    'POST /api/f/rpc/add/',
  ].includes(`${method} ${target}`),
)

function routeOf(method: string, path: string, place: Place): Route {
  const isStatement = place.kind === 'connection' && (method === 'QUERY' || method === 'POST')
  const query = queryOf(method, place)
  const body = isStatement ? 'SELECT 1 AS one' : bodyOf(method, place)
  const type: Header = isStatement ? ['Content-Type', 'application/sql'] : json
  return {
    method,
    target: path + query,
    place,
    headers: body === undefined ? [dryRun] : [type, dryRun],
    ...(body === undefined ? {} : { body }),
  }
}

function queryOf(method: string, { kind }: Place): string {
  if (kind === 'function') return method === 'GET' || method === 'HEAD' ? '?x=1&y=2' : ''
  return ['PUT', 'PATCH', 'DELETE'].includes(method) ? '?where.eq.id=1' : ''
}

function bodyOf(method: string, { kind }: Place): string | undefined {
  if (kind === 'function') return method === 'POST' ? '{"x":1,"y":2}' : undefined
  if (method === 'POST' || method === 'PATCH') return '{"name":"x"}'
  return method === 'PUT' ? '{"id":1,"name":"x"}' : undefined
}
