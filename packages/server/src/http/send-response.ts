import type { ServerResponse } from 'node:http'
import type { HttpResponse } from '../response/http-response.js'
import { writeBody } from './write-body.js'

/**
 * Writes an answer; a HEAD gets the headers only. Bytes are written at once. Pieces are written as fast as the client
 * reads them, and the promise resolves behind the last, or when the client has gone; it rejects when one cannot be had.
 */
export const sendResponse = (
  response: ServerResponse,
  answered: HttpResponse,
  extraHeaders: Readonly<Record<string, string>>,
): Promise<void> | undefined => {
  const { status, headers, body } = answered
  if (isStopping(response)) response.shouldKeepAlive = false
  if (isStream(body)) return sendStream(response, answered, body, extraHeaders)
  if (response.headersSent || response.destroyed) return undefined
  const isHead = response.req.method === 'HEAD'
  const length: Record<string, number> = hasNoLength(status) ? {} : { 'Content-Length': body?.length ?? 0 }
  response.writeHead(status, { ...headers, ...extraHeaders, ...length })
  endWith(response, isHead ? undefined : body)
  return undefined
}

// Of a 304 it would be the length of the rows that the client has (RFC 9110 section 8.6).
const hasNoLength = (status: number): boolean => status === 204 || status === 304

// A server that takes no more connections tells so in the answers under way, or a client that is never idle would keep its
// connection until it is cut off.
const isStopping = ({ req }: ServerResponse): boolean =>
  (req.socket as { server?: { listening: boolean } }).server?.listening === false

// Node joins a head with a string in one write, and with bytes in two buffers for one: twice the cost of a small answer.
// Latin-1 is bytes under another name.
const endWith = (response: ServerResponse, body: Uint8Array | undefined): void => {
  if (body === undefined || body.length > joinedBytes) response.end(body)
  else response.end(asBuffer(body).toString('latin1'), 'latin1')
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const joinedBytes = 16 * 1024

const isStream = (body: HttpResponse['body']): body is AsyncIterable<Uint8Array> =>
  body !== undefined && !(body instanceof Uint8Array)

const sendStream = async (
  response: ServerResponse,
  { status, headers }: HttpResponse,
  body: AsyncIterable<Uint8Array>,
  extraHeaders: Readonly<Record<string, string>>,
): Promise<void> => {
  try {
    if (response.headersSent || response.destroyed) return
    response.writeHead(status, { ...headers, ...extraHeaders })
    if (response.req.method === 'HEAD') response.end()
    else await writeBody(response, body)
  } finally {
    // Nothing happens to one that was read to its end.
    await body[Symbol.asyncIterator]().return?.()
  }
}
