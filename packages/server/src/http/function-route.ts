import { authorize } from '../auth/authorize.js'
import { requireJsonAnswer } from '../request/answer-format.js'
import { parseArgumentsBody } from '../request/body.js'
import { bodyToJson } from '../request/body-to-json.js'
import { parseParameters } from '../request/parameters.js'
import { refuseConditions } from '../request/write-conditions.js'
import type { HttpResponse } from '../response/http-response.js'
import { applied } from '../response/table-response.js'
import { writePreferences } from '../response/write-response.js'
import { parseDataRequest } from './data-request.js'
import { enter } from './enter.js'
import type { Exchange } from './exchange.js'
import { pluginCall } from './plugin-call.js'
import { methodNotAllowed, type Route } from './route.js'
import { versionedWrite } from './versioned-write.js'

type FunctionRoute = Extract<Route, { kind: 'function' }>

/** The walk of a function call. Throws ApiError, PluginError, CallError. */
export const functionRoute = async (exchange: Exchange, route: FunctionRoute): Promise<HttpResponse> => {
  const { snapshot, request } = exchange
  if (request.method !== 'POST') throw methodNotAllowed(route, request.method ?? '')

  const { served, identity } = enter(exchange, route.connection)
  authorize(identity, { function: route.function, action: 'write' }, served.access)
  const data = parseDataRequest(request, exchange.path, exchange.rawQuery, identity, served, snapshot)
  refuseConditions(request.headers)
  const { single } = parseParameters(data.query, ['format'], data.values)
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
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      Vary: 'Accept',
      ...applied(writePreferences(data.preferences)),
    },
    body: answer.result,
  }
}
