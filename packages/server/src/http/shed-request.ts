import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError } from '../errors.js'
import { errorResponse } from '../response/error-response.js'
import { nextRequestId } from './request-id.js'

/** Refuses a request before anything of it is looked at: for as little as an answer can cost. */
export const shedRequest = ({ method }: IncomingMessage, response: ServerResponse): void => {
  const body = method === 'HEAD' ? undefined : bodyStart + nextRequestId() + bodyEnd
  response.writeHead(status, body === undefined ? headers : { ...headers, 'Content-Length': body.length }).end(body)
}

const {
  status,
  headers,
  body: example,
} = errorResponse(new ApiError('overloaded', { headers: { 'Retry-After': '1' } }), 'REQUEST-ID')

const [bodyStart, bodyEnd] = Buffer.from(example as Uint8Array)
  .toString()
  .split('REQUEST-ID') as [string, string]
