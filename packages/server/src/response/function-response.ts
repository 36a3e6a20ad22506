import type { CallFunctionResponse } from '@easyrest/protocol'
import { ApiError } from '../errors.js'
import type { FunctionCall } from '../request/function-call.js'
import { inFormat } from './answered-rows.js'
import { formats } from './format.js'
import type { HttpResponse } from './http-response.js'
import { requireSingle } from './require-single.js'
import { applied, rowsResponse } from './table-response.js'

/**
 * A set of rows in the format asked for; any other result as the JSON it is.
 * @param preferences those that are in force if they can be
 * Throws ApiError not_acceptable, bad_parameter, singular.
 */
export const functionResponse = async (
  call: FunctionCall,
  { result, isSet, rowCount, total }: CallFunctionResponse,
  preferences: readonly string[],
): Promise<HttpResponse> => {
  const inForce = preferences.filter((item) => total !== undefined || !item.startsWith('count='))
  if (!isSet) return valueResponse(call, result, inForce)
  const { format, request } = call
  requireSingle(format, rowCount)
  const body = await inFormat(result, format, request.select)
  return rowsResponse(format, request.page?.offset ?? 0, { body, rowCount, total, tag: undefined }, inForce)
}

const valueResponse = (
  { request, filtered, takesValue, format }: FunctionCall,
  json: Uint8Array,
  appliedItems: readonly string[],
): HttpResponse => {
  if (filtered) throw noSet(request.function)
  if (!takesValue) throw onlyJson(request.function)
  const { contentType } = format === 'object' ? formats.object : formats.json
  return { status: 200, headers: { 'Content-Type': contentType, Vary: 'Accept', ...applied(appliedItems) }, body: json }
}

const noSet = (name: string): ApiError =>
  new ApiError('bad_parameter', {
    detail: `The function ${name} answers no set of rows, so nothing can be filtered, ordered or paged`,
    hint: 'Leave out select, conditions, ordering, limit and offset; to pass an argument of such a name use POST',
  })

const onlyJson = (name: string): ApiError =>
  new ApiError('not_acceptable', {
    detail: `The function ${name} answers no set of rows, and only those have other formats than JSON`,
    hint: 'Send Accept: application/json',
  })
