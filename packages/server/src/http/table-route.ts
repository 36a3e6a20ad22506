import type { IncomingHttpHeaders } from 'node:http'
import type { CallOptions } from '@easyrest/host'
import { authorize } from '../auth/authorize.js'
import { ApiError } from '../errors.js'
import type { TableInput } from '../request/table-input.js'
import { parseTableCreate, parseTableDelete, parseTableUpdate } from '../request/table-write.js'
import type { HttpResponse } from '../response/http-response.js'
import { tableCreateResponse, tableDeleteResponse, tableUpdateResponse } from '../response/table-response.js'
import { parseDataRequest } from './data-request.js'
import { enter } from './enter.js'
import type { Exchange } from './exchange.js'
import { pluginCall } from './plugin-call.js'
import { methodNotAllowed, type Route } from './route.js'
import { tableGetRoute } from './table-get-route.js'

type TableRoute = Extract<Route, { kind: 'table' }>

/** The walk of a table request. Throws ApiError, PluginError, CallError. */
export const tableRoute = async (exchange: Exchange, route: TableRoute): Promise<HttpResponse> => {
  const { snapshot, request } = exchange
  const method = request.method ?? ''
  const isRead = method === 'GET' || method === 'HEAD'
  if (!isRead && !writeMethods.has(method)) throw methodNotAllowed(route, method)

  const { served, identity } = enter(exchange, route.connection)
  authorize(identity, { table: route.table, action: isRead ? 'read' : 'write' }, served.access)
  const data = parseDataRequest(request, exchange.path, exchange.rawQuery, identity, served, snapshot)
  const input: TableInput = {
    table: route.table,
    query: data.query,
    headers: request.headers,
    preferences: data.preferences,
    values: data.values,
    settings: served.config,
    context: data.context,
  }
  if (isRead) return tableGetRoute(exchange, served, input)
  refusePreconditions(request.headers)

  const { db } = served.connection
  const { preferences } = data
  const call = <T>(run: (options: CallOptions) => Promise<T>): Promise<T> =>
    pluginCall(exchange, served, route.table, run)
  if (method === 'POST') {
    const create = parseTableCreate(input, await exchange.body())
    return tableCreateResponse(await call((options) => db.tableCreate(create, options)), preferences)
  }
  if (method === 'PATCH') {
    const update = parseTableUpdate(input, await exchange.body())
    return tableUpdateResponse(await call((options) => db.tableUpdate(update, options)), preferences)
  }
  const remove = parseTableDelete(input)
  await call((options) => db.tableDelete(remove, options))
  return tableDeleteResponse(preferences)
}

// Writing without the check that was asked for would lose somebody's update.
const refusePreconditions = (headers: IncomingHttpHeaders): void => {
  const header = preconditions.find((name) => headers[name] !== undefined)
  if (header === undefined) return
  throw new ApiError('unsupported', {
    detail: `Conditional writes are not in this version, and the request has the header ${header}`,
    hint: 'Leave the header out, or put the condition into the filter',
    members: { capability: 'precondition' },
  })
}

const preconditions = ['if-match', 'if-none-match', 'if-unmodified-since'] as const

const writeMethods = new Set(['POST', 'PATCH', 'DELETE'])
