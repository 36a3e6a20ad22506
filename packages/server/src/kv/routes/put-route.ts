import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from '../../errors.js'
import { readBody, readBytes } from '../../http/read-body.js'
import type { HttpResponse } from '../../response/http-response.js'
import { writtenResponse } from '../answer/written-answer.js'
import type { Document } from '../documents/document.js'
import { rowOf } from '../documents/row.js'
import { checkedKey, checkJson } from '../request/check-document.js'
import { type Expiry, parseExpiry } from '../request/expiry.js'
import { parseMetadata } from '../request/metadata.js'
import type { KvParameters } from '../request/parameters.js'
import { parseWriteCondition, preconditionFailed } from '../request/write-condition.js'
import type { WriteCondition } from '../store/write-condition.js'
import type { KvRequest } from './kv-request.js'
import { limitedBody } from './limited-body.js'

/** PUT of one document. Throws ApiError, KvRefusal, PluginError, CallError. */
export const putRoute = async (request: KvRequest): Promise<HttpResponse> => {
  const { service, space, context, preferences } = request
  const { document, condition, keepsTtl } = await parsePut(request)
  const done = await service.store.put(context, rowOf(space, document), condition, keepsTtl)
  const { revision } = document
  if (preferences.resolution === 'ignore-duplicates') {
    return writtenResponse(200, request, done ? { revision, document } : { headers: { 'X-KV-Created': 'false' } })
  }
  if (!done) throw preconditionFailed()
  const status = condition.kind === 'absent' ? 201 : 200
  return writtenResponse(status, request, { revision, document: keepsTtl ? undefined : document })
}

interface Put {
  readonly document: Document
  readonly condition: WriteCondition
  readonly keepsTtl: boolean
}

const parsePut = async (request: KvRequest): Promise<Put> => {
  const { exchange, service, space, key, parameters } = request
  const { config, store } = service
  const { headers } = exchange.request
  checkedKey(space, key, config)
  const condition = conditionOf(request, headers)
  const now = Date.now()
  const { liveUntil, keeps } = expiryOf(parameters, now)
  const metadata = parseMetadata(headerOf(headers, 'x-kv-meta'), config.limits.maxMetadataBytes)
  const contentType = headers['content-type'] ?? ''
  // Kopano overlooks Content-Encoding: to it a value is the bytes that come.
  const read = config.preset === 'kopano' ? readBytes : readBody
  const value = await limitedBody(request, config.limits.maxValueBytes, 'kv.limits.max_value_size', read)
  checkJson(value, contentType, 'the body', config)
  const revision = store.revisions.next(now)
  return { document: { key, value, contentType, metadata, revision, liveUntil }, condition, keepsTtl: keeps }
}

const expiryOf = (parameters: KvParameters, now: number): Expiry =>
  parseExpiry(
    { ttl: parameters.text('ttl'), expires: parameters.text('expires'), keeps: parameters.flag('keep_ttl') },
    now,
  )

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
