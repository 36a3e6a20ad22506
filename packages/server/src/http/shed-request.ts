import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CorsConfig } from '../config/config.js'
import { ApiError } from '../errors.js'
import { errorResponse } from '../response/error-response.js'
import { corsHeaders } from './cors.js'
import { nextRequestId } from './request-id.js'

/** Refuses a request as overloaded: for as little as an answer can cost. */
export const shedRequest = (request: IncomingMessage, response: ServerResponse, cors: CorsConfig): void => {
  const requestId = nextRequestId()
  const body = bodyStart + requestId + bodyEnd
  response.writeHead(status, {
    ...headers,
    ...corsHeaders(request, cors),
    'X-Request-Id': requestId,
    'Content-Length': body.length,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

const {
  status,
  headers,
  body: example,
} = errorResponse(new ApiError('overloaded', { headers: { 'Retry-After': '1' } }), 'REQUEST-ID')

const [bodyStart, bodyEnd] = Buffer.from(example as Uint8Array)
  .toString()
  .split('REQUEST-ID') as [string, string]
