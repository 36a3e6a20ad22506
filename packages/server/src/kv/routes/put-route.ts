import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from '../../errors.js'
import { readBody } from '../../http/read-body.js'
import type { HttpResponse } from '../../response/http-response.js'
import { writtenResponse } from '../answer/written-answer.js'
import type { Document } from '../documents/document.js'
import { rowOf } from '../documents/row.js'
import { checkedKey, checkJson } from '../request/check-document.js'
import { parseExpiry } from '../request/expiry.js'
import { KvRefusal } from '../request/kv-refusal.js'
import { parseMetadata } from '../request/metadata.js'
import { parseWriteCondition, preconditionFailed } from '../request/write-condition.js'
import type { WriteCondition } from '../store/write-condition.js'
import type { KvRequest } from './kv-request.js'

/** PUT of one document. Throws ApiError, KvRefusal, PluginError, CallError. */
export const putRoute = async (request: KvRequest): Promise<HttpResponse> => {
  const { exchange, service, space, key, parameters, context, preferences } = request
  const { headers } = exchange.request
  checkedKey(space, key, service.config)
  const condition = conditionOf(request, headers)
  const now = Date.now()
  const [ttl, expires] = [parameters.text('ttl'), parameters.text('expires')]
  const { liveUntil, keeps } = parseExpiry({ ttl, expires, keeps: parameters.flag('keep_ttl') }, now)
  const metadata = parseMetadata(headerOf(headers, 'x-kv-meta'), service.config.limits.maxMetadataBytes)
  const contentType = headers['content-type'] ?? ''
  const value = await limitedBody(request, service.config.limits.maxValueBytes, 'kv.limits.max_value_size')
  checkJson(value, contentType, 'the body', service.config)

  const revision = service.store.revisions.next(now)
  const document: Document = { key, value, contentType, metadata, revision, liveUntil }
  const done = await service.store.put(context, rowOf(space, document), condition, keeps)
  if (!done && preferences.resolution !== 'ignore-duplicates') throw preconditionFailed()
  if (!done) return writtenResponse(200, request, { headers: { 'X-KV-Created': 'false' } })
  const status = condition.kind === 'absent' && preferences.resolution !== 'ignore-duplicates' ? 201 : 200
  return writtenResponse(status, request, { revision, document: keeps ? undefined : document })
}

/** The body, of no more than so many bytes. Throws KvRefusal. @param option the key of the configuration that limits it */
export const limitedBody = async ({ exchange }: KvRequest, maxBytes: number, option: string): Promise<Buffer> => {
  try {
    return await readBody(exchange.request, maxBytes)
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'body_too_large') throw error
    const { detail = '', headers } = error
    throw new KvRefusal(400, new ApiError('body_too_large', { detail, hint: `${option} sets the limit`, headers }))
  }
}

const conditionOf = ({ parameters, preferences }: KvRequest, headers: IncomingHttpHeaders): WriteCondition => {
  const condition = parseWriteCondition(headers, parameters.text('cas'))
  if (preferences.resolution !== 'ignore-duplicates') return condition
  if (condition.kind === 'none') return { kind: 'absent' }
  throw new ApiError('bad_preference', { detail: 'Expected resolution=ignore-duplicates without another condition' })
}

const headerOf = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
