import { ApiError } from '../../errors.js'
import type { HttpResponse } from '../../response/http-response.js'
import { missingDocument } from '../answer/document-answer.js'
import { writtenResponse } from '../answer/written-answer.js'
import { storedKey } from '../request/check-document.js'
import { parseExpiry } from '../request/expiry.js'
import { ownErrors } from '../request/own-errors.js'
import { parseWriteCondition, preconditionFailed } from '../request/write-condition.js'
import type { KvRequest } from './kv-request.js'
import { limitedBody } from './limited-body.js'

/** PATCH with touch=1: another time to live, and the value as it was. Without ttl and expires it lives for ever. */
export const touchRoute = async (request: KvRequest): Promise<HttpResponse> => {
  const { exchange, service, space, key, parameters, context } = request
  const { headers } = exchange.request
  const body = await ownErrors(() =>
    limitedBody(request, service.config.limits.maxValueBytes, 'kv.limits.max_value_size'),
  )
  if (body.length > 0) throw takesNoBody()
  const now = Date.now()
  const pk = storedKey(space, key)
  const condition = parseWriteCondition(headers, parameters.text('cas'))
  if (condition.kind === 'absent') {
    throw new ApiError('bad_parameter', { detail: 'Only a document that is there can be given another time to live' })
  }
  const [ttl, expires] = [parameters.text('ttl'), parameters.text('expires')]
  const { liveUntil } = parseExpiry({ ttl, expires, keeps: false }, now)
  const revision = service.store.revisions.next(now)
  const found = await service.store.touch(context, { pk, rev: revision, live_until: liveUntil }, condition)
  if (found) return writtenResponse(200, request, { revision })
  if (condition.kind !== 'none') throw preconditionFailed()
  return missingDocument(service.config.preset)
}

const takesNoBody = (): ApiError =>
  new ApiError('bad_body', {
    detail: 'PATCH with touch=1 leaves the value as it is, and takes no body',
    hint: 'PUT writes a value; keep_ttl=1 keeps the time to live',
  })
