import { ApiError } from '../../errors.js'
import type { HttpResponse } from '../../response/http-response.js'
import { emptyResponse, missingDocument } from '../answer/document-answer.js'
import { writtenResponse } from '../answer/written-answer.js'
import { storedKey } from '../request/check-document.js'
import { parseWriteCondition, preconditionFailed } from '../request/write-condition.js'
import type { KvRequest } from './kv-request.js'
import { removeTreeRoute } from './remove-tree-route.js'

/** DELETE of one document, or with recurse=1 of what begins with the key, where that is enabled. */
export const deleteRoute = async (request: KvRequest): Promise<HttpResponse> => {
  const { exchange, service, space, key, parameters, context } = request
  const { config, store } = service
  // Kopano overlooks the flag, and so deletes one document, or none.
  if (parameters.flag('recurse') && (config.recursiveDelete || config.preset !== 'kopano')) {
    return removeTreeRoute(request)
  }
  if (parameters.flag('force'))
    throw new ApiError('bad_parameter', { detail: 'The parameter force belongs to recurse=1' })
  const pk = storedKey(space, key)
  const condition = parseWriteCondition(exchange.request.headers, parameters.text('cas'))
  if (condition.kind === 'absent') throw preconditionFailed()
  if (await store.remove(context, pk, condition)) return writtenResponse(200, request)
  if (condition.kind !== 'none') throw preconditionFailed()
  return config.preset === 'kopano' ? emptyResponse(404) : missingDocument(config.preset)
}
