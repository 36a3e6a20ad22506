import { ApiError } from '../../errors.js'
import { isConditional } from '../../request/conditions.js'
import type { HttpResponse } from '../../response/http-response.js'
import { lacksCapability } from '../answer/lacks-capability.js'
import { writtenResponse } from '../answer/written-answer.js'
import { type DocumentRow, rowOf } from '../documents/row.js'
import type { EncodedKey } from '../keys/key.js'
import { checkedKey } from '../request/check-document.js'
import { KvRefusal } from '../request/kv-refusal.js'
import { parseEntries } from '../request/parse-entries.js'
import { parseEntry } from '../request/parse-entry.js'
import { isDead } from '../store/conditions.js'
import type { KvRequest } from './kv-request.js'
import { limitedBody } from './limited-body.js'

/** PUT with batch=1: all documents or none, in one call. Throws ApiError, KvRefusal, PluginError, CallError. */
export const batchRoute = async (request: KvRequest): Promise<HttpResponse> => {
  const { service, context, preferences } = request
  const { config, store } = service
  refuseSingular(request)
  const body = await limitedBody(request, config.limits.maxBatchBytes, 'kv.limits.max_batch_size')
  const revision = store.revisions.next()
  const rows = parseRows(request, body, revision)
  if (rows.length === 0) return writtenResponse(200, request)
  if (preferences.resolution === 'ignore-duplicates') {
    if (!store.opening.features?.overwriteWhen) throw lacksCapability('precondition', 'such a batch')
    await store.table.upsert(context, rows, isDead(Date.now()))
    return writtenResponse(200, request)
  }
  if (!store.opening.features?.upsert) throw lacksCapability('upsert', 'a batch')
  await store.table.upsert(context, rows)
  return writtenResponse(200, request, { revision })
}

/** Of a key that comes twice the last counts. */
const parseRows = ({ service, space, key }: KvRequest, body: Buffer, revision: string): DocumentRow[] => {
  const { config } = service
  const entries = parseEntries(body, config.preset)
  if (entries.length > config.limits.maxBatch) throw tooMany(entries.length, config.limits.maxBatch)
  const now = Date.now()
  const rows = new Map<string, DocumentRow>()
  for (const [index, entry] of entries.entries()) {
    const join = (own: EncodedKey): EncodedKey => joined(key, own, config.preset === 'kopano')
    const document = parseEntry(entry, `entry ${index}`, config, join, revision, now)
    rows.set(checkedKey(space, document.key, config), rowOf(space, document))
  }
  return [...rows.values()]
}

// Kopano puts a slash between the two whatever they are. Elsewhere what a listing answers is what a batch on top takes.
const joined = (key: EncodedKey, own: EncodedKey, asKopano: boolean): EncodedKey => {
  if (asKopano) return `${key}/${own}`
  if (key === '') return own
  if (!key.endsWith('/')) return `${key}/${own}`
  throw new ApiError('bad_key', { detail: 'Expected the key of a batch without a slash at its end' })
}

/** What concerns one document. */
const refuseSingular = ({ exchange, parameters }: KvRequest): void => {
  if (isConditional(exchange.request.headers) || parameters.text('cas') !== undefined) {
    throw new ApiError('bad_parameter', {
      detail: 'A condition concerns one document; a batch has many',
      hint: 'POST /api/kvs/v1/txn takes a condition for each',
    })
  }
  const ofOne = ['ttl', 'expires', 'keep_ttl'].find((name) => parameters.text(name) !== undefined)
  if (ofOne !== undefined) {
    throw new ApiError('bad_parameter', {
      detail: `In a batch each document has its own ttl or expires, not ${ofOne}=`,
    })
  }
}

const tooMany = (count: number, most: number): KvRefusal =>
  new KvRefusal(
    400,
    new ApiError('body_too_large', {
      detail: `Expected at most ${most} documents in a batch, got ${count}`,
      hint: 'kv.limits.max_batch sets the limit',
    }),
  )
