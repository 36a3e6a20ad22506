import type { KvConfig } from '../../config/kv-config.js'
import { ApiError } from '../../errors.js'
import type { Exchange } from '../../http/exchange.js'
import { isConditional } from '../../request/conditions.js'
import type { HttpResponse } from '../../response/http-response.js'
import { admit, admitAnywhere } from '../access/admit.js'
import { writtenResponse } from '../answer/written-answer.js'
import { envelope } from '../documents/envelope.js'
import { printString } from '../documents/print-string.js'
import { documentOf } from '../documents/row.js'
import { decodeKey } from '../keys/key.js'
import type { Space } from '../keys/space.js'
import type { KvService } from '../kv-service.js'
import { checkedKey, storedKey } from '../request/check-document.js'
import { KvRefusal } from '../request/kv-refusal.js'
import { ownErrors } from '../request/own-errors.js'
import { type KvOperation, parseTransaction } from '../request/transaction.js'
import { runTransaction } from '../store/run-transaction.js'
import type { Step, TransactionResult } from '../store/transaction-step.js'
import { contextOf, preferencesOf } from './kv-request.js'
import { limitedBody } from './limited-body.js'

/** POST /api/kvs/v1/txn: all operations or none. Throws ApiError, KvRefusal, PluginError, CallError. */
export const transactionRoute = async (exchange: Exchange, service: KvService): Promise<HttpResponse> => {
  const { request, rawQuery } = exchange
  const { config, store } = service
  // Who has no token learns nothing, not even which methods there are.
  await admitAnywhere(exchange, config)
  if (request.method !== 'POST') throw onlyPost(request.method ?? '')
  if (rawQuery !== '') throw new ApiError('unknown_parameter', { detail: 'A transaction has no parameters' })
  if (isConditional(request.headers)) throw conditionBesideOperations()
  const preferences = preferencesOf(exchange, service)
  if (preferences.all.resolution === 'ignore-duplicates') throw ignoresNothing()
  const revision = store.revisions.next()
  const operations = await operationsOf(exchange, config, revision)
  const steps: Step[] = []
  for (const operation of operations) steps.push(await stepOf(exchange, service, operation))
  await service.ready()
  const results = await runTransaction(store, contextOf(exchange, service, preferences), steps, revision)
  const writes = operations.some(({ op }) => op === 'set' || op === 'delete')
  const answer = writtenResponse(200, { preferences, service }, writes ? { revision } : {})
  const printed = results.map((result, index) => printResult(result, steps[index]!, service))
  return {
    status: 200,
    headers: { ...answer.headers, 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff' },
    body: Buffer.from(`{"results":[${printed.join(',')}]}`, 'latin1'),
  }
}

const operationsOf = (exchange: Exchange, config: KvConfig, revision: string): Promise<KvOperation[]> =>
  ownErrors(async () => {
    const body = await limitedBody({ exchange }, config.limits.maxBatchBytes, 'kv.limits.max_batch_size')
    return parseTransaction(body, config, revision, Date.now())
  })

const stepOf = async (exchange: Exchange, service: KvService, operation: KvOperation): Promise<Step> => {
  const { realm, op, key } = operation
  if (!service.config.realms.has(realm)) {
    throw new ApiError('bad_body', {
      detail: `The realm ${realm} is not served`,
      hint: 'kv.realms lists those that are',
    })
  }
  const space = await admit(exchange, service.config, realm, op === 'set' || op === 'delete' ? 'write' : 'read')
  const pk = op === 'set' ? checkedKey(space, key, service.config) : storedKey(space, key)
  return { ...operation, space, pk }
}

const printResult = ({ row }: TransactionResult, { op, key, space }: Step, { config }: KvService): string => {
  const named = `"op":"${op}","key":${printString(decodeKey(key))}`
  if (op !== 'get') return `{${named}}`
  return row === undefined
    ? `{${named},"missing":true}`
    : `{${named},"document":${printDocument(space, row, config.preset)}}`
}

const printDocument = (
  space: Space,
  row: Parameters<typeof documentOf>[1],
  preset: KvService['config']['preset'],
): string => envelope(documentOf(space, row), preset)

const conditionBesideOperations = (): ApiError =>
  new ApiError('bad_header', {
    detail: 'A condition in a header concerns one document; a transaction has many',
    hint: 'Each operation takes an if_match or if_none_match',
  })

const ignoresNothing = (): ApiError =>
  new ApiError('bad_preference', {
    detail: 'A transaction does all of its operations or none, so resolution=ignore-duplicates means nothing to it',
    hint: 'A set with "if_none_match": "*" fails where there is a document',
  })

const onlyPost = (method: string): KvRefusal =>
  new KvRefusal(
    501,
    new ApiError('method_not_allowed', {
      detail: `Expected POST, got ${method.slice(0, 20)}`,
      headers: { Allow: 'POST' },
    }),
  )
