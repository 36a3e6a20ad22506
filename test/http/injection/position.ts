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

export const inUrl = encodeURIComponent
/** As in lists and trees of conditions. */
export const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`

/** In the URL of a read. */
export const get = (name: string, target: (text: string) => string, headers: readonly Header[] = []): Position => ({
  name,
  effect: 'none',
  // A URL may be longer than the server takes, which is not what is tried here.
  request: (text) => (inUrl(text).length > 4000 ? undefined : { target: target(text), headers: [token(), ...headers] }),
})

/** In a parameter. @param query behind /api/t/users/?, with `@` where the text goes */
export const inQuery = (query: string, encode: (text: string) => string = inUrl): Position =>
  get(query, (text) => `/api/t/users/?${query.replace('@', () => encode(text))}`)

/** In a header: `@` is where. */
export const inHeader = (name: string, value = '@', more: PositionRequest = { target: '/api/t/users/' }): Position => ({
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

/** In a claim of the token, which the query refers to. */
export const inClaims = (name: string, claims: (text: string) => Claims, query: string): Position => ({
  name,
  effect: 'none',
  request: (text) => {
    const value = token(claims(text))
    return value[1].length > 6000 ? undefined : { target: `/api/t/users/?${query}`, headers: [value] }
  },
})

/** In a body on the table users. */
export const inBody = (
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

/** Credentials for everything. */
export function token(claims: Claims = {}): Header {
  return ['Authorization', `Bearer ${signToken({ sub: 'someone', scope: 'read write', ...claims })}`]
}
