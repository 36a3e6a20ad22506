import type { IncomingMessage } from 'node:http'
import { authorize } from '../auth/authorize.js'
import type { Identity } from '../auth/identity.js'
import { unauthorized } from '../auth/unauthorized.js'
import { ApiError } from '../errors.js'
import { requireJsonAnswer } from '../request/answer-format.js'
import { type Conditions, outcomeOf, parseConditions } from '../request/conditions.js'
import { parseParameters } from '../request/parameters.js'
import { entityTag } from '../response/entity-tag.js'
import { formats } from '../response/format.js'
import type { HttpResponse } from '../response/http-response.js'
import { keptRest } from '../schema/kept-rest.js'
import { type Place, swaggerDocument } from '../schema/swagger-document.js'
import { type UsableSchema, usableSchema } from '../schema/usable-schema.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import { type DataRequest, parseDataRequest } from './data-request.js'
import { enter } from './enter.js'
import type { Exchange } from './exchange.js'
import { readSchema } from './read-schema.js'
import { methodNotAllowed, type Route } from './route.js'

type SchemaRoute = Extract<Route, { kind: 'schema' }>

/** GET and HEAD on a connection: a description of what the caller may use. Throws ApiError, PluginError, CallError. */
export const schemaRoute = async (exchange: Exchange, route: SchemaRoute): Promise<HttpResponse> => {
  const { snapshot, request } = exchange
  const { method } = request
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(route, method ?? '')

  const { served, identity } = await enter(exchange, route.connection)
  refuseStrangers(identity, served)
  const data = parseDataRequest(request, exchange.path, exchange.rawQuery, identity, served, snapshot)
  requireJsonAnswer(request.headers.accept, formatOf(data))
  const conditions = parseConditions(request.headers)
  const schema = await readSchema(exchange, served, data.context(true))
  const usable = usableSchema(schema, identity, served.access, (capability) => served.connection.can(capability))
  requireSome(usable, identity, served)
  const rest = keptRest(schema, usable, snapshot.config.auth.jwt)
  return conditionalAnswer(swaggerDocument(placeOf(request, route, served), rest), conditions)
}

// Nobody who can see nothing makes the plugin work.
const refuseStrangers = ({ anonymous }: Identity, { access }: ServedConnection): void => {
  const nothingIsOpen = access.public.tables.isEmpty && access.public.functions.isEmpty
  if (anonymous && !access.anonymousAllowed && nothingIsOpen) throw unauthorized(access.tokenType)
}

// An empty description is for those who might read whatever comes; the others have no right here, whatever there is.
const requireSome = ({ tables, functions }: UsableSchema, identity: Identity, { access }: ServedConnection): void => {
  if (tables.length === 0 && functions.length === 0) authorize(identity, { action: 'read' }, access)
}

const formatOf = ({ query, values }: DataRequest): string | undefined =>
  parseParameters(query, ['format'], values, 'none').single.get('format')

const placeOf = (request: IncomingMessage, { connection }: SchemaRoute, { config }: ServedConnection): Place => ({
  title: config.title,
  host: request.headers.host,
  basePath: `${mountPath(request)}/api/${connection}`,
})

/** Where an application has mounted the handler: Express keeps the whole path. */
const mountPath = ({ url = '', originalUrl }: IncomingMessage & { readonly originalUrl?: string }): string =>
  originalUrl?.endsWith(url) ? originalUrl.slice(0, originalUrl.length - url.length) : ''

const conditionalAnswer = async (body: Buffer, conditions: Conditions): Promise<HttpResponse> => {
  const tag = await entityTag(body, 'json', undefined)
  const outcome = outcomeOf(conditions, tag)
  if (outcome === 'failed') throw preconditionFailed(tag)
  const headers = { ETag: `"${tag}"`, 'Cache-Control': 'private, no-cache', Vary: 'Accept, Authorization' }
  if (outcome === 'not-modified') return { status: 304, headers, body: undefined }
  return { status: 200, headers: { 'Content-Type': formats.json.contentType, ...headers }, body }
}

const preconditionFailed = (tag: string): ApiError =>
  new ApiError('precondition', {
    detail: 'The description is not that of any entity tag in If-Match',
    hint: 'Read it again',
    headers: { ETag: `"${tag}"` },
  })
