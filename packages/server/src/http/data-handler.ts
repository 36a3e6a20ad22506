import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError } from '../errors.js'
import { kvCorsHeaders } from '../kv/answer/kv-cors.js'
import { kvRoute } from '../kv/kv-route.js'
import type { Observe } from '../observe/observation.js'
import { noteRequestId } from '../observe/watch-request.js'
import { errorResponse, toApiError } from '../response/error-response.js'
import type { HttpResponse } from '../response/http-response.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import { corsHeaders } from './cors.js'
import { Exchange } from './exchange.js'
import { functionRoute } from './function-route.js'
import { headerFault } from './header-fault.js'
import { meterRequest } from './meter-request.js'
import { queryRoute } from './query-route.js'
import { nextRequestId } from './request-id.js'
import { allowedMethods, parseRoute, type Route } from './route.js'
import { schemaRoute } from './schema-route.js'
import { sendResponse } from './send-response.js'
import { shedRequest } from './shed-request.js'
import { tableRoute } from './table-route.js'

/** The data API in plain node:http terms; a path that is not part of it goes to `next`. */
export type DataHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void

/** @param current gives the snapshot in force; called once for each request */
export const createDataHandler =
  (current: () => Snapshot, observe: Observe): DataHandler =>
  (request, response, next) => {
    const snapshot = current()
    const url = request.url ?? '/'
    const mark = url.indexOf('?')
    const path = mark < 0 ? url : url.slice(0, mark)
    const exchange = new Exchange(
      request,
      response,
      snapshot,
      path,
      mark < 0 ? '' : url.slice(mark + 1),
      nextRequestId(),
    )
    if (snapshot.config.accessLog) noteRequestId(response, exchange.requestId)
    let route: Route | undefined
    try {
      route = parseRoute(path, snapshot.config.kv?.connection)
    } catch (error) {
      response.once('close', () => meterRequest(request, response, exchange.started, snapshot.meter, 'other'))
      finish(exchange, problem(exchange, error, observe))
      return
    }
    if (route === undefined) {
      next()
      return
    }
    snapshot.inFlight.enter()
    const served = snapshot.connections.get(route.connection)
    const { meter } = served ?? snapshot
    const { kind } = route
    response.once('close', () => {
      snapshot.inFlight.leave()
      meterRequest(request, response, exchange.started, meter, kind)
    })
    // Under overload the work on what will be refused anyway is most of all work.
    if (served?.connection.isFull) {
      observe({ kind: 'request-shed', because: `connection ${served.config.name} has as many calls as it may have` })
      shedRequest(request, response, snapshot.config.cors)
      return
    }
    answer(exchange, route)
      .catch((error) => problem(exchange, error, observe, route))
      .then((answered) => finish(exchange, answered, route))
      .catch((error) => abandon(exchange, error, observe, route))
  }

const answer = async (exchange: Exchange, route: Route): Promise<HttpResponse> => {
  const { request, snapshot } = exchange
  const fault = headerFault(request)
  if (fault !== undefined) throw fault
  if (exchange.path.length + exchange.rawQuery.length > snapshot.config.server.maxUrlBytes) throw urlTooLong(snapshot)
  if (route.kind === 'kv') return kvRoute(exchange, snapshot.kv!)
  if (request.method === 'OPTIONS') return optionsResponse(route)
  if (route.kind === 'table') return tableRoute(exchange, route)
  if (route.kind === 'function') return functionRoute(exchange, route)
  if (request.method === 'QUERY' || request.method === 'POST') return queryRoute(exchange, route)
  return schemaRoute(exchange, route)
}

const optionsResponse = (route: Route): HttpResponse => ({
  status: 204,
  headers: { Allow: allowedMethods[route.kind].join(', ') },
  body: undefined,
})

const urlTooLong = ({ config }: Snapshot): ApiError =>
  new ApiError('uri_too_long', { detail: `Expected a path and query of at most ${config.server.maxUrlBytes} bytes` })

const problem = (exchange: Exchange, thrown: unknown, observe: Observe, route?: Route): HttpResponse => {
  const error = toApiError(thrown, isWrite(exchange.request, route))
  observe({
    kind: 'request-failed',
    requestId: exchange.requestId,
    path: exchange.path,
    method: exchange.request.method ?? '',
    error,
  })
  return errorResponse(error, exchange.requestId)
}

const finish = (exchange: Exchange, answered: HttpResponse, route?: Route): Promise<void> | undefined => {
  const { request, response, snapshot } = exchange
  const { cors: settings, kv } = snapshot.config
  const cors = route?.kind === 'kv' && kv?.allowCors ? kvCorsHeaders(request) : corsHeaders(request, settings)
  const vary =
    cors.Vary !== undefined && answered.headers.Vary !== undefined
      ? { Vary: `${answered.headers.Vary}, ${cors.Vary}` }
      : {}
  const sending = sendResponse(response, answered, {
    ...cors,
    ...vary,
    'X-Request-Id': exchange.requestId,
    'Server-Timing': exchange.serverTiming,
  })
  return sending
}

// The body may have begun, so nothing more can be said to the client, but neither may the server end for it.
const abandon = (
  { request, response, requestId, path }: Exchange,
  thrown: unknown,
  observe: Observe,
  route: Route | undefined,
): void => {
  const error = toApiError(thrown, isWrite(request, route))
  observe({ kind: 'request-failed', requestId, path, method: request.method ?? '', error })
  breakOff(request, response)
}

// The end of the connection is the end of a body in HTTP/1.0: only a reset tells that it is not whole.
const breakOff = ({ httpVersion, socket }: IncomingMessage, response: ServerResponse): void => {
  if (httpVersion === '1.0' && !('encrypted' in socket)) socket.resetAndDestroy()
  else response.destroy()
}

// What is sent to a connection itself are statements, which read only.
const isWrite = ({ method }: IncomingMessage, route: Route | undefined): boolean =>
  method !== 'GET' && method !== 'HEAD' && route?.kind !== 'schema'
