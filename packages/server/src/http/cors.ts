import type { IncomingMessage } from 'node:http'
import type { CorsConfig } from '../config/config.js'
import { kvHeaders } from '../kv/answer/kv-headers.js'

/** The CORS headers of an answer; none for requests without an Origin or from an origin that is not allowed. */
export const corsHeaders = (request: IncomingMessage, cors: CorsConfig): Record<string, string> => {
  if (!cors.enabled) return {}
  const origin = request.headers.origin
  // The answer depends on Origin even when it is not sent, so shared caches must keep the variants apart.
  if (origin === undefined || !isAllowed(origin, cors)) return { Vary: 'Origin' }
  return {
    'Access-Control-Allow-Origin': cors.origins.includes('*') ? '*' : origin,
    'Access-Control-Expose-Headers': exposed,
    ...(cors.credentials ? { 'Access-Control-Allow-Credentials': 'true' } : {}),
    Vary: 'Origin',
    ...(isPreflight(request) ? preflightHeaders(cors) : {}),
  }
}

const isAllowed = (origin: string, { origins }: CorsConfig): boolean =>
  origins.includes('*') || origins.includes(origin)

const isPreflight = (request: IncomingMessage): boolean =>
  request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined

const preflightHeaders = (cors: CorsConfig): Record<string, string> => ({
  'Access-Control-Allow-Methods': cors.methods.join(', '),
  'Access-Control-Allow-Headers': cors.headers.join(', '),
  'Access-Control-Max-Age': String(Math.floor(cors.maxAgeMs / 1000)),
})

// All that is not exposed anyway, so that a page sees what other clients see.
const exposed = [
  'Accept-Ranges',
  'Allow',
  'Content-Location',
  'Content-Range',
  'ETag',
  'Link',
  'Location',
  'Preference-Applied',
  'Range-Unit',
  'Retry-After',
  'Server-Timing',
  'WWW-Authenticate',
  'X-Request-Id',
  ...kvHeaders,
].join(', ')
