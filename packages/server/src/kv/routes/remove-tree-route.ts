import { ApiError } from '../../errors.js'
import { isConditional } from '../../request/conditions.js'
import type { HttpResponse } from '../../response/http-response.js'
import { writtenResponse } from '../answer/written-answer.js'
import { recurseRange } from '../keys/key-range.js'
import { every, isInRange, isLive } from '../store/conditions.js'
import type { KvRequest } from './kv-request.js'

/**
 * DELETE with recurse=1: what begins with the key, in one statement. X-KV-Deleted says how many documents it was, which the
 * preference max-affected limits.
 */
export const removeTreeRoute = async (request: KvRequest): Promise<HttpResponse> => {
  const { exchange, service, space, key, parameters, preferences, context } = request
  if (!service.config.recursiveDelete) {
    throw new ApiError('forbidden', {
      detail: 'Deleting everything below a key is not enabled',
      hint: 'kv.recursive_delete: true enables it',
    })
  }
  if (isConditional(exchange.request.headers) || parameters.text('cas') !== undefined) {
    throw new ApiError('bad_parameter', { detail: 'A condition concerns one document; recurse=1 concerns many' })
  }
  if (!key.includes('/') && !parameters.flag('force')) throw tooMuch()
  const where = every(isInRange(recurseRange(space, key)), isLive(Date.now()))
  const { maxAffected, applied } = preferences
  const deleted = await service.store.table.remove(context, where, maxAffected)
  const kept = maxAffected === undefined ? applied : [...applied, `max-affected=${maxAffected}`]
  const answered = { service, preferences: { ...preferences, applied: kept } }
  return writtenResponse(200, answered, { headers: { 'X-KV-Deleted': String(deleted) } })
}

const tooMuch = (): ApiError =>
  new ApiError('unfiltered_write', {
    detail: 'Expected a key with a slash, so that nobody deletes everything by a slip',
    hint: 'force=1 deletes all the same',
  })
