import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Config, TrustedProxyConfig } from '../config/config.js'
import type { Observe } from './observation.js'

/** Observes a request when it is over, answered or not: a line of the access log. */
export const watchRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  { server }: Config,
  observe: Observe,
): void => {
  const started = performance.now()
  const client = clientAddress(request, server.trustedProxy)
  response.once('close', () => {
    observe({
      kind: 'request',
      requestId: requestIds.get(response) ?? String(response.getHeader('x-request-id') ?? ''),
      method: request.method ?? '',
      path: (request.url ?? '').split('?', 1)[0]!,
      status: response.statusCode,
      whole: response.writableFinished,
      client,
      ms: Math.round((performance.now() - started) * 1000) / 1000,
    })
  })
}

/** For the line of the access log: headers that are written in one piece cannot be asked for again. */
export const noteRequestId = (response: ServerResponse, id: string): void => {
  requestIds.set(response, id)
}

const requestIds = new WeakMap<ServerResponse, string>()

/** The client's address, as the proxies in front tell it where they are trusted to. */
const clientAddress = (request: IncomingMessage, { mode, count, header }: TrustedProxyConfig): string => {
  const socket = request.socket.remoteAddress ?? ''
  if (mode === 'none') return socket
  const told = String(request.headers[mode === 'header' ? header : 'x-forwarded-for'] ?? '')
  if (mode === 'header') return told.trim() || socket
  // Each proxy appends the address it saw, so the client's stands as many places from the right as there are proxies.
  const addresses = told.split(',').map((address) => address.trim())
  return addresses.at(-count) || socket
}
