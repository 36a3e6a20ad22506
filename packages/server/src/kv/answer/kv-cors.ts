import type { IncomingMessage } from 'node:http'
import type { KvConfig } from '../../config/kv-config.js'
import type { HttpResponse } from '../../response/http-response.js'
import { emptyResponse } from './document-answer.js'
import { kvHeaders } from './kv-headers.js'

/** With `kv.allow_cors` every origin may use the key/value API, in the words of Kopano's server. */
export const kvCorsHeaders = (request: IncomingMessage): Record<string, string> =>
  isPreflight(request) ? {} : { ...anyOrigin(request), Vary: 'Origin' }

export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined

/** Nobody needs a token to ask what he might ask. */
export const preflightResponse = (request: IncomingMessage, { allowCors }: KvConfig): HttpResponse => {
  // The section `cors` of the configuration adds its headers itself.
  if (!allowCors) return { status: 204, headers: {}, body: undefined }
  const asked = request.headers['access-control-request-method']!.toUpperCase()
  const vary = { Vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers' }
  if (!methods.includes(asked)) return emptyResponse(200, vary)
  const headers = request.headers['access-control-request-headers']
  return emptyResponse(200, {
    ...anyOrigin(request),
    ...vary,
    'Access-Control-Allow-Methods': asked,
    ...(headers === undefined ? {} : { 'Access-Control-Allow-Headers': canonical(headers) }),
  })
}

const anyOrigin = ({ headers }: IncomingMessage): Record<string, string> =>
  headers.origin === undefined
    ? {}
    : {
        'Access-Control-Allow-Origin': '*',
        'Access-Control-Expose-Headers': exposed,
      }

const exposed = ['ETag', 'Link', 'Preference-Applied', 'Retry-After', 'X-Request-Id', ...kvHeaders].join(', ')

const canonical = (names: string): string =>
  names
    .split(',')
    .map((name) =>
      name
        .trim()
        .toLowerCase()
        .replace(/(^|-)[a-z]/g, (start) => start.toUpperCase()),
    )
    .filter((name) => /^[A-Za-z0-9-]+$/.test(name))
    .join(', ')

const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
