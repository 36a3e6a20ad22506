import { type Server, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { ApiError, type ErrorCode } from '../errors.js'
import { errorResponse } from '../response/error-response.js'
import { nextRequestId } from './request-id.js'

/**
 * Answers what never becomes a request, because it is no HTTP, too large or too slow, with a problem document, and ends
 * its connection. `maxHeaderBytes` is told to the client.
 */
export const refuseUnreadable = (server: Server, maxHeaderBytes: number): void => {
  const answering = new WeakMap<object, { readonly headersSent: boolean; readonly writableEnded: boolean }>()
  server.on('request', (request, response) => answering.set(request.socket, response))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket | TLSSocket) => {
    const response = answering.get(socket)
    // In the middle of an answer nothing else can be said.
    const isFree = response === undefined || !response.headersSent || response.writableEnded
    if (socket.writable && isFree && error.code !== 'ECONNRESET') socket.write(answerTo(error.code, maxHeaderBytes))
    socket.destroy(error)
  })
}

const answerTo = (reason: string | undefined, maxHeaderBytes: number): Buffer => {
  const error = new ApiError(codes[reason ?? ''] ?? 'bad_request', { ...detailOf(reason, maxHeaderBytes) })
  const requestId = nextRequestId()
  const { status, headers, body } = errorResponse(error, requestId)
  const content = body as Uint8Array
  const lines = Object.entries({
    ...headers,
    'X-Request-Id': requestId,
    'Content-Length': content.length,
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`), content])
}

const codes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

const detailOf = (reason: string | undefined, maxHeaderBytes: number): { detail?: string; hint?: string } => {
  if (reason === 'HPE_HEADER_OVERFLOW') {
    return { detail: `Expected a URL and headers of at most ${maxHeaderBytes} bytes` }
  }
  return unreadableUrl.has(reason)
    ? { detail: 'Expected a URL of ASCII characters without blanks', hint: howToEscape }
    : {}
}

// Behind a blank the parser expects the version of HTTP.
const unreadableUrl: ReadonlySet<string | undefined> = new Set(['HPE_INVALID_URL', 'HPE_INVALID_CONSTANT'])
const howToEscape = 'Write other characters as percent escapes of UTF-8: %20 for a blank, %C3%A9 for é'
