import type { Action } from '../auth/required-right.js'
import { ApiError } from '../errors.js'
import type { Exchange } from '../http/exchange.js'
import type { HttpResponse } from '../response/http-response.js'
import { admit } from './access/admit.js'
import { bareResponse, emptyResponse, pageNotFound } from './answer/document-answer.js'
import { isPreflight, preflightResponse } from './answer/kv-cors.js'
import { kvFailure } from './answer/kv-failure.js'
import type { KvService } from './kv-service.js'
import { type KvPath, parseKvPath } from './request/kv-path.js'
import { KvRefusal } from './request/kv-refusal.js'
import { parseListing } from './request/listing.js'
import { parseKvParameters } from './request/parameters.js'
import { batchRoute } from './routes/batch-route.js'
import { deleteRoute } from './routes/delete-route.js'
import { getRoute } from './routes/get-route.js'
import { contextOf, type KvRequest, preferencesOf } from './routes/kv-request.js'
import { listRoute } from './routes/list-route.js'
import { mgetRoute } from './routes/mget-route.js'
import { putRoute } from './routes/put-route.js'
import { touchRoute } from './routes/touch-route.js'
import { transactionRoute } from './routes/transaction-route.js'

/** The walk of a request to the key/value API. Throws ApiError, PluginError, CallError. */
export const kvRoute = async (exchange: Exchange, service: KvService): Promise<HttpResponse> => {
  try {
    return await answer(exchange, service)
  } catch (error) {
    if (!(error instanceof KvRefusal)) throw kvFailure(error)
    if (service.config.preset !== 'kopano') throw error.error
    const { Connection } = error.error.headers
    return bareResponse(error.kopanoStatus, '\n', Connection === undefined ? {} : { Connection })
  }
}

const answer = async (exchange: Exchange, service: KvService): Promise<HttpResponse> => {
  const { request, snapshot } = exchange
  const { config } = service
  const path = parseKvPath(exchange.path, config)
  if (path.kind === 'elsewhere') return movedTo(exchange, path.path)
  if (path.kind === 'nothing') return nothingHere(exchange, config.preset === 'kopano')
  if (isPreflight(request) && (config.allowCors || snapshot.config.cors.enabled))
    return preflightResponse(request, config)
  return path.kind === 'transaction' ? transactionRoute(exchange, service) : documentRoute(exchange, service, path)
}

const documentRoute = async (
  exchange: Exchange,
  service: KvService,
  { realm, key }: Extract<KvPath, { kind: 'document' }>,
): Promise<HttpResponse> => {
  const { request, rawQuery } = exchange
  const method = request.method ?? ''
  const space = await admit(exchange, service.config, realm, actionOf(method))
  const run = Object.hasOwn(routes, method) ? routes[method] : undefined
  if (run === undefined) throw notImplemented(method)
  const parameters = parseKvParameters(rawQuery, method, service.config.preset)
  const preferences = preferencesOf(exchange, service)
  await service.ready()
  const context = contextOf(exchange, service, preferences)
  return run({ exchange, service, space, key, parameters, preferences, context })
}

type Run = (request: KvRequest) => Promise<HttpResponse>

const read: Run = (request) => {
  const { space, key, parameters, service } = request
  const listing = parseListing(space, key, parameters, service.config)
  return listing === undefined ? getRoute(request) : listRoute(request, listing)
}

const put: Run = (request) => (request.parameters.flag('batch') ? batchRoute(request) : putRoute(request))

const patch: Run = (request) => {
  if (request.parameters.flag('touch')) return touchRoute(request)
  throw notImplemented('PATCH', 'touch=1 gives a document another time to live')
}

const post: Run = (request) => {
  if (request.parameters.flag('mget')) return mgetRoute(request)
  throw notImplemented('POST', 'mget=1 reads the keys of the body')
}

const routes: Readonly<Record<string, Run>> = {
  GET: read,
  HEAD: read,
  PUT: put,
  DELETE: deleteRoute,
  PATCH: patch,
  POST: post,
}

const actionOf = (method: string): Action => (['PUT', 'PATCH', 'DELETE'].includes(method) ? 'write' : 'read')

/** As the router of Kopano answers a path that is not clean, whoever asks. */
const movedTo = ({ request, rawQuery }: Exchange, path: string): HttpResponse => {
  const { originalUrl, url = '' } = request as { originalUrl?: string; url?: string }
  const mount = (originalUrl ?? url).slice(0, (originalUrl ?? url).length - url.length)
  return emptyResponse(301, { Location: `${mount}${asGoWrites(path)}${rawQuery === '' ? '' : `?${rawQuery}`}` })
}

// Of what a key has percent-encoded Go leaves some as it is.
const asGoWrites = (path: string): string => path.replace(/%(?:2[46BC]|3[ABD]|40)/g, decodeURIComponent)

const nothingHere = ({ path }: Exchange, asKopano: boolean): HttpResponse => {
  if (asKopano) return pageNotFound()
  throw new ApiError('not_found', {
    detail: `Nothing is served at ${JSON.stringify(path.slice(0, 80))}`,
    hint: 'Documents are at /api/kvs/v1/kv/<realm>/<key>, in the realms of the configuration',
  })
}

// Kopano says 501 where others say that the method is not allowed.
const notImplemented = (method: string, hint?: string): KvRefusal =>
  new KvRefusal(
    501,
    new ApiError('method_not_allowed', {
      detail: `Expected one of ${methods}, got ${method.slice(0, 20)}`,
      ...(hint === undefined ? {} : { hint }),
      headers: { Allow: methods },
    }),
  )

const methods = Object.keys(routes).join(', ')
