import { authorize } from '../auth/authorize.js'
import type { ConnectionConfig } from '../config/config.js'
import { ApiError } from '../errors.js'
import { chooseFormat } from '../request/answer-format.js'
import { mediaType } from '../request/media-type.js'
import { parseParameters } from '../request/parameters.js'
import { parseStatement } from '../request/statement.js'
import { refuseConditions } from '../request/write-conditions.js'
import { inFormat } from '../response/answered-rows.js'
import type { HttpResponse } from '../response/http-response.js'
import { requireSingle } from '../response/require-single.js'
import { readPreferences, rowsResponse } from '../response/table-response.js'
import { parseDataRequest } from './data-request.js'
import { enter } from './enter.js'
import type { Exchange } from './exchange.js'
import { pluginCall } from './plugin-call.js'
import { methodNotAllowed, type Route } from './route.js'

type QueryRoute = Extract<Route, { kind: 'schema' }>

/**
 * The walk of a statement that a client wrote: QUERY, or POST of application/sql for where a parser on the way does not
 * know QUERY. Throws ApiError, PluginError, CallError.
 */
export const queryRoute = async (exchange: Exchange, route: QueryRoute): Promise<HttpResponse> => {
  const { snapshot, request } = exchange
  const { headers } = request
  if (request.method === 'POST') requireStatement(exchange, route)
  const { served, identity } = await enter(exchange, route.connection, 'statements')
  authorize(identity, { action: 'read' }, served.access)
  const data = parseDataRequest(request, exchange.path, exchange.rawQuery, identity, served, snapshot)
  const { preferences } = data
  refuseConditions(headers)
  const { single } = parseParameters(data.query, ['format'], data.values, 'none')
  const format = chooseFormat(headers.accept, single.get('format'))
  mediaType(headers['content-type'])
  const statement = parseStatement(await exchange.body())
  const call = { context: data.context(true), statement, maxRows: mostRows(served.config), maxReplyBytes: 0 }
  const { rows, rowCount } = await pluginCall(exchange, served, undefined, (options) =>
    served.connection.db.query(call, options),
  )
  requireSingle(format, rowCount)
  const total = preferences.count === 'exact' ? rowCount : undefined
  const answered = { body: await inFormat(rows, format, []), rowCount, total, tag: undefined }
  return rowsResponse(format, 0, answered, readPreferences(preferences))
}

// The other connections know no POST here.
const requireStatement = ({ request, snapshot }: Exchange, route: QueryRoute): void => {
  const served = snapshot.connections.get(route.connection)
  if (served !== undefined && !served.config.useQuery) throw methodNotAllowed(route, 'POST')
  if (served === undefined || mediaType(request.headers['content-type']) === 'application/sql') return
  throw new ApiError('unsupported_media_type', { detail: 'Expected a statement with Content-Type: application/sql' })
}

// What a statement asks for is not known here, so default_limit cannot be filled in where it asks for nothing.
const mostRows = ({ defaultLimit, maxLimit }: ConnectionConfig): number => maxLimit || defaultLimit
