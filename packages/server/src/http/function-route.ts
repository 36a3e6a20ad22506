import { authorize } from '../auth/authorize.js'
import { requireJsonAnswer } from '../request/answer-format.js'
import { parseArgumentsBody } from '../request/body.js'
import { bodyToJson } from '../request/body-to-json.js'
import { parseParameters } from '../request/parameters.js'
import { refuseConditions } from '../request/write-conditions.js'
import type { HttpResponse } from '../response/http-response.js'
import { valueResponse } from '../response/value-response.js'
import { writePreferences } from '../response/write-response.js'
import { parseDataRequest } from './data-request.js'
import { enter } from './enter.js'
import type { Exchange } from './exchange.js'
import { functionGetRoute } from './function-get-route.js'
import { pluginCall } from './plugin-call.js'
import { methodNotAllowed, type Route } from './route.js'
import { versionedWrite } from './versioned-write.js'

type FunctionRoute = Extract<Route, { kind: 'function' }>

/** The walk of a function call. Throws ApiError, PluginError, CallError. */
export const functionRoute = async (exchange: Exchange, route: FunctionRoute): Promise<HttpResponse> => {
  const { snapshot, request } = exchange
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (!isRead && request.method !== 'POST') throw methodNotAllowed(route, request.method ?? '')

  const { served, identity } = await enter(exchange, route.connection)
  authorize(identity, { function: route.function, action: isRead ? 'read' : 'write' }, served.access)
  const data = parseDataRequest(request, exchange.path, exchange.rawQuery, identity, served, snapshot)
  refuseConditions(request.headers)
  if (isRead) {
    const { query, values, context, preferences } = data
    const input = {
      function: route.function,
      query,
      values,
      context,
      headers: request.headers,
      settings: served.config,
    }
    return functionGetRoute(exchange, served, input, preferences)
  }
  const { single } = parseParameters(data.query, ['format'], data.values, 'none')
  requireJsonAnswer(request.headers.accept, single.get('format'))
  const json = bodyToJson(request.headers['content-type'], await exchange.body(), 'row')
  const call = {
    context: data.context(false),
    function: route.function,
    arguments: parseArgumentsBody(json, data.values),
    select: [],
    where: undefined,
    ordering: [],
    page: undefined,
    maxReplyBytes: 0,
  }
  const answer = await versionedWrite(exchange, served, { function: route.function }, data.preferences.txEnd, () =>
    pluginCall(exchange, served, route.function, (options) => served.connection.db.callFunction(call, options)),
  )
  return valueResponse(answer.result, writePreferences(data.preferences))
}
