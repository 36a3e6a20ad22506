import { isConditional, outcomeOf, parseConditions } from '../../request/conditions.js'
import type { HttpResponse } from '../../response/http-response.js'
import { documentHeaders, documentResponse, missingDocument, rawResponse } from '../answer/document-answer.js'
import { documentOf } from '../documents/row.js'
import { storedKey } from '../request/check-document.js'
import { preconditionFailed } from '../request/write-condition.js'
import type { KvRequest } from './kv-request.js'

/** GET and HEAD of one document, as envelope or raw. Throws ApiError, PluginError, CallError. */
export const getRoute = async (request: KvRequest): Promise<HttpResponse> => {
  const { exchange, service, space, key, parameters, context } = request
  const { headers } = exchange.request
  const conditions = isConditional(headers) ? parseConditions(headers) : undefined
  const row = await service.store.get(context, storedKey(space, key))
  if (row === undefined) return missingDocument(service.config.preset)
  const document = documentOf(space, row)
  const outcome = conditions === undefined ? 'send' : outcomeOf(conditions, document.revision)
  if (outcome === 'failed') throw preconditionFailed('it is not answered')
  if (outcome === 'not-modified') return { status: 304, headers: documentHeaders(document), body: undefined }
  return parameters.flag('raw') ? rawResponse(document) : documentResponse(document, service.config.preset)
}
