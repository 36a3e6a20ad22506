import type { Header, HttpRequest } from '../../support/http.js'
import { type Claims, signToken } from '../../support/token.js'

export type PositionRequest = Pick<HttpRequest, 'target' | 'method' | 'headers' | 'body'>

/** A place of a request where a client may write what it likes. */
export interface Position {
  readonly name: string
  /** What the tables may hold afterwards: what they held; a row more, with the text as its name; another name in row 1. */
  readonly effect: 'none' | 'row' | 'first row'
  /** The request that has the text there; undefined: HTTP has no way to say it there. */
  request(text: string): PositionRequest | undefined
}

const inUrl = encodeURIComponent
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`

const get = (name: string, target: (text: string) => string, headers: readonly Header[] = []): Position => ({
  name,
  effect: 'none',
  // A URL may be longer than the server takes, which is not what is tried here.
  request: (text) => (inUrl(text).length > 4000 ? undefined : { target: target(text), headers: [token(), ...headers] }),
})

/** @param query behind /api/t/users/? */
const inQuery = (query: string, encode: (text: string) => string = inUrl): Position =>
  get(query, (text) => `/api/t/users/?${query.replace('@', () => encode(text))}`)

const inHeader = (name: string, value = '@', more: PositionRequest = { target: '/api/t/users/' }): Position => ({
  name: `${name}: ${value}`,
  effect: 'none',
  request: (text) => {
    const whole = value.replace('@', () => text)
    // Other characters cannot stand in a header, and blanks around it are not part of it.
    return /^[\t\x20-\x7e\x80-\xff]*$/.test(whole) && whole.length < 4000
      ? { ...more, headers: [...(name === 'Authorization' ? [] : [token()]), ...(more.headers ?? []), [name, whole]] }
      : undefined
  },
})

const inClaims = (name: string, claims: (text: string) => Claims, query: string): Position => ({
  name,
  effect: 'none',
  request: (text) => {
    const value = token(claims(text))
    return value[1].length > 6000 ? undefined : { target: `/api/t/users/?${query}`, headers: [value] }
  },
})

const inBody = (
  name: string,
  effect: Position['effect'],
  body: (text: string) => string,
  { method = 'POST', query = '', type = 'application/json', prefer = 'return=minimal' } = {},
): Position => ({
  name,
  effect,
  request: (text) => ({
    target: `/api/t/users/${query}`,
    method,
    headers: [token(), ['Content-Type', type], ['Prefer', prefer]],
    body: body(text),
  }),
})

function token(claims: Claims = {}): Header {
  return ['Authorization', `Bearer ${signToken({ sub: 'someone', scope: 'read write', ...claims })}`]
}

const csvCell = (text: string): string => `"${text.replaceAll('"', '""')}"`
const form = 'application/x-www-form-urlencoded'
const rolledBack = { prefer: 'tx=rollback' }

/** Of the key/value API: they are in a table of the same database. */
const documents: readonly Position[] = [
  get('the realm of a document', (text) => `/api/kvs/v1/kv/${inUrl(text)}/c/k`),
  get('the key of a document', (text) => `/api/kvs/v1/kv/user/${inUrl(text)}`),
  get('a key that is encoded twice', (text) => `/api/kvs/v1/kv/user/c/${inUrl(inUrl(text))}`),
  get('the beginning of a list of documents', (text) => `/api/kvs/v1/kv/user/${inUrl(text)}?recurse=1`),
  get('a parameter of documents', (text) => `/api/kvs/v1/kv/user/c/k?raw=${inUrl(text)}`),
  ...(['PUT', 'DELETE'] as const).map((method) => ({
    name: `${method} of a document`,
    effect: 'none' as const,
    request: (text: string) => ({
      target: `/api/kvs/v1/kv/user/c/${inUrl(text).slice(0, 4000)}`,
      method,
      headers: [token(), ['Content-Type', 'text/plain']] as Header[],
      ...(method === 'PUT' ? { body: text } : {}),
    }),
  })),
  inHeader('Content-Type', 'x/@', { target: '/api/kvs/v1/kv/user/c/typed', method: 'PUT', body: 'x' }),
]

export const positions: readonly Position[] = [
  get('the connection', (text) => `/api/${inUrl(text)}/users/`),
  get('the table', (text) => `/api/t/${inUrl(text)}/`),
  get('behind the table', (text) => `/api/t/users/${inUrl(text)}/`),
  get('the function', (text) => `/api/t/rpc/${inUrl(text)}/`),
  get('a name that is encoded twice', (text) => `/api/t/${inUrl(inUrl(text))}/`),
  get('the name of an argument', (text) => `/api/t/rpc/f/?${inUrl(text)}=1`),
  get('an argument', (text) => `/api/t/rpc/f/?x=${inUrl(text)}`),
  get('the format of the schema', (text) => `/api/t/?format=${inUrl(text)}`),
  ...['eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'like', 'ilike', 'is', 'in', 'between', 'isdistinct'].flatMap(
    (operator) => [inQuery(`where.${operator}.name=@`), inQuery(`where.not.${operator}.name=@`)],
  ),
  ...['id', 'i', 'r', 't', 'b', 'd', 'flag'].map((column) =>
    get(`a condition on ${column}`, (text) => `/api/t/kinds/?where.eq.${column}=${inUrl(text)}`),
  ),
  inQuery('where.in.name=@', (text) => inUrl(`x,${quoted(text)}`)),
  inQuery('where.between.name=@,z'),
  inQuery('where.@.name=x'),
  inQuery('where.eq.@=x'),
  inQuery('where.@=x'),
  inQuery('@=x'),
  inQuery('or=@'),
  inQuery('or=(name.eq.@)', (text) => inUrl(quoted(text))),
  inQuery('not.and=(name.in.(@,y),id.eq.1)', (text) => inUrl(quoted(text))),
  inQuery('or=(name.eq.@,id.eq.1)'),
  inQuery('and=(@.eq.1)'),
  inQuery('and=(name.@.1)'),
  inQuery('select=@'),
  inQuery('select=@:name'),
  inQuery('select=x:@'),
  inQuery('select=@.sum()'),
  inQuery('select=id.@()'),
  inQuery('select=name.count(@)'),
  inQuery('select=name::@'),
  inQuery('select=x:erctx.@'),
  inQuery('select=x:request.headers.@'),
  inQuery('select=name,n:count()&having.eq.n=@'),
  inQuery('select=name,n:count()&having.eq.@=1'),
  inQuery('ordering=@'),
  inQuery('ordering=name.@'),
  inQuery('select=id&select=@'),
  inQuery('limit=@'),
  inQuery('offset=@'),
  inQuery('distinct=@'),
  inQuery('format=@'),
  inQuery('cursor=@'),
  inHeader('Prefer'),
  inHeader('Prefer', 'timezone=@'),
  inHeader('Prefer', 'timezone="@"'),
  inHeader('Prefer', 'tx=@'),
  inHeader('Prefer', 'x="@"'),
  inHeader('Range', '@', { target: '/api/t/users/', headers: [['Range-Unit', 'items']] }),
  inHeader('Range-Unit'),
  inHeader('Accept'),
  inHeader('If-None-Match', '"@"'),
  inHeader('X-Forwarded-Host'),
  inHeader('X-Forwarded-For'),
  inHeader('User-Agent'),
  inHeader('Authorization'),
  inHeader('Authorization', 'Bearer @'),
  inHeader('X-Text', '@', { target: '/api/t/users/?where.eq.name=request.headers.x-text' }),
  inHeader('If-Match', '"@"', {
    target: '/api/t/users/?where.eq.id=1',
    method: 'PATCH',
    headers: [['Prefer', 'tx=rollback']],
    body: '{"name":"y"}',
  }),
  inHeader('Content-Type', '@', {
    target: '/api/t/users/',
    method: 'POST',
    headers: [['Prefer', 'tx=rollback']],
    body: '{"name":"y"}',
  }),
  inClaims('the subject', (text) => ({ sub: text }), 'where.eq.name=request.claims.sub'),
  inClaims(
    'a claim',
    (text) => ({ custom: text }),
    'where.eq.name=erctx.claims_custom&select=id,x:erctx.claims_custom',
  ),
  inClaims('the role', (text) => ({ role: text }), 'where.eq.name=request.role'),
  inClaims('the name of a claim', (text) => ({ [text]: 'x' }), 'limit=1'),
  inBody('a value', 'row', (text) => JSON.stringify([{ name: text }])),
  inBody('a value of CSV', 'row', (text) => `name\n${csvCell(text)}\n`, { type: 'text/csv' }),
  inBody('a value of a form', 'row', (text) => `name=${inUrl(text)}`, { type: form }),
  inBody('a value of NDJSON', 'row', (text) => `${JSON.stringify({ name: text })}\n`, { type: 'application/x-ndjson' }),
  inBody('a member', 'none', (text) => JSON.stringify({ name: 'x', [text]: 1 }), rolledBack),
  inBody('a nested member', 'none', (text) => JSON.stringify({ name: { [text]: 1 } }), rolledBack),
  inBody('a column of CSV', 'none', (text) => `${csvCell(text)}\nx\n`, { type: 'text/csv', ...rolledBack }),
  inBody('a name of a form', 'none', (text) => `${inUrl(text)}=x`, { type: form, ...rolledBack }),
  inBody('the whole body', 'none', (text) => text, rolledBack),
  inBody('the whole CSV', 'none', (text) => `name\n${text}`, { type: 'text/csv', ...rolledBack }),
  inBody('a new value', 'first row', (text) => JSON.stringify({ name: text }), {
    method: 'PATCH',
    query: '?where.eq.id=1',
  }),
  ...(['columns', 'on_conflict', 'select'] as const).map((parameter) => ({
    name: `${parameter} of a write`,
    effect: 'none' as const,
    request: (text: string) => ({
      target: `/api/t/users/?${parameter}=${inUrl(text).slice(0, 4000)}`,
      method: 'POST',
      headers: [token(), ['Prefer', 'tx=rollback, resolution=merge-duplicates']] as Header[],
      body: '{"name":"x"}',
    }),
  })),
  inHeader('Prefer', 'tx=rollback, resolution=@', { target: '/api/t/users/', method: 'POST', body: '{"name":"y"}' }),
  inHeader('Content-Encoding', '@', { target: '/api/t/users/', method: 'POST', body: '{' }),
  {
    name: 'the name of a header',
    effect: 'none',
    request: (text) =>
      /^[\w!#$%&'*+.^`|~-]+$/.test(text)
        ? { target: '/api/t/users/?limit=1', headers: [token(), [text, 'x']] }
        : undefined,
  },
  {
    name: 'the name of an argument in a body',
    effect: 'none',
    request: (text) => ({
      target: '/api/t/rpc/f/',
      method: 'POST',
      headers: [token()],
      body: JSON.stringify({ [text]: text }),
    }),
  },
  ...documents,
  {
    name: 'the condition of a DELETE',
    effect: 'none',
    request: (text) => ({
      target: `/api/t/users/?where.eq.name=${inUrl(text).slice(0, 4000)}`,
      method: 'DELETE',
      headers: [token()],
    }),
  },
  {
    name: 'the key of a PUT',
    effect: 'none',
    request: (text) => ({
      target: `/api/t/users/?where.eq.id=${inUrl(text).slice(0, 4000)}`,
      method: 'PUT',
      headers: [token(), ['Prefer', 'tx=rollback']],
      body: JSON.stringify({ id: text, name: 'x', update_field: 'y' }),
    }),
  },
]
