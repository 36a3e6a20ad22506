import type { CallFunctionRequest } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import { requireJsonAnswer } from '../request/answer-format.js'
import { type FunctionGet, type FunctionInput, parseFunctionGet } from '../request/function-get.js'
import type { Preferences } from '../request/prefer.js'
import { inFormat } from '../response/answered-rows.js'
import type { HttpResponse } from '../response/http-response.js'
import { requireSingle } from '../response/require-single.js'
import { rowsResponse } from '../response/table-response.js'
import { valueResponse } from '../response/value-response.js'
import type { ServedConnection } from '../snapshot/snapshot.js'
import type { Exchange } from './exchange.js'
import { pluginCall } from './plugin-call.js'

/**
 * GET and HEAD on a function: called where it cannot write; a set of rows has every format and is filtered, ordered and
 * paged as a table is. Throws ApiError, PluginError, CallError.
 */
export const functionGetRoute = async (
  exchange: Exchange,
  served: ServedConnection,
  input: FunctionInput,
  preferences: Preferences,
): Promise<HttpResponse> => {
  const { headers, query } = input
  const get = parseFunctionGet(input)
  const { select, page } = get.request
  const request = await withoutFilters(served, get)
  const { result, isSet, rowCount } = await pluginCall(exchange, served, request.function, (options) =>
    served.connection.db.callFunction(request, options),
  )
  // The rows of a function are not counted beyond the page.
  const appliedItems = preferences.applied.filter((item) => !item.startsWith('count='))
  if (!isSet) {
    if (get.filtered) throw noSet(request.function)
    requireJsonAnswer(headers.accept, query.find(([name]) => name === 'format')?.[1])
    return valueResponse(result, appliedItems)
  }
  requireSingle(get.format, rowCount)
  const rows = { body: await inFormat(result, get.format, select), rowCount, total: undefined, tag: undefined }
  return rowsResponse(get.format, page?.offset ?? 0, rows, appliedItems)
}

// A plugin that does not know filters would answer every row.
const withoutFilters = async (
  { connection, config }: ServedConnection,
  { request, filtered }: FunctionGet,
): Promise<CallFunctionRequest> => {
  if (connection.info === undefined) await connection.waitReady(config.limits.waitMs)
  if (connection.can('function_filters')) return request
  // The limits of the connection are not the client's wish, and nothing could apply them.
  if (!filtered) return { ...request, page: undefined }
  throw new ApiError('unsupported', {
    detail:
      'The plugin of this connection cannot filter what functions answer: it lacks the capability function_filters',
    hint: 'Leave out select, conditions, ordering, limit and offset',
    members: { capability: 'function_filters' },
  })
}

const noSet = (name: string): ApiError =>
  new ApiError('bad_parameter', {
    detail: `The function ${name} answers no set of rows, so nothing can be filtered, ordered or paged`,
    hint: 'Leave out select, conditions, ordering, limit and offset; to pass an argument of such a name use POST',
  })
