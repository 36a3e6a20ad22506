import { authorize } from '../auth/authorize.js'
import { type FunctionInput, parseFunctionGet, parseFunctionPost } from '../request/function-call.js'
import { refuseConditions } from '../request/write-conditions.js'
import { requireRange } from '../response/answered-rows.js'
import { functionResponse } from '../response/function-response.js'
import type { HttpResponse } from '../response/http-response.js'
import { readPreferences } from '../response/table-response.js'
import { writePreferences } from '../response/write-response.js'
import { parseDataRequest } from './data-request.js'
import { enter } from './enter.js'
import type { Exchange } from './exchange.js'
import { feasibleCall } from './feasible-call.js'
import { pluginCall } from './plugin-call.js'
import { refuseForm } from './refuse-form.js'
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
  const { query, values, context, preferences } = data
  const { headers } = request
  const input: FunctionInput = {
    function: route.function,
    query,
    values,
    context,
    preferences,
    headers,
    settings: served.config,
  }
  const asked = isRead ? parseFunctionGet(input) : parseFunctionPost(input, await exchange.body())
  const call = await feasibleCall(served, asked, isRead)
  const run = () =>
    pluginCall(exchange, served, route.function, (options) => served.connection.db.callFunction(call.request, options))
  if (isRead) {
    const answer = await run()
    requireRange(call.request, answer.total)
    return functionResponse(call, answer, readPreferences(preferences))
  }
  const answer = await refuseForm(call.format, preferences.maxAffected, () =>
    versionedWrite(exchange, served, { function: route.function }, preferences.txEnd, run),
  )
  return functionResponse(call, answer, writePreferences(preferences))
}
