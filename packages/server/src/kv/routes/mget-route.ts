import { ApiError } from '../../errors.js'
import type { HttpResponse } from '../../response/http-response.js'
import { envelope } from '../documents/envelope.js'
import { printString } from '../documents/print-string.js'
import { documentOf } from '../documents/row.js'
import { decodeKey, encodeKey } from '../keys/key.js'
import { maxPrimaryKeyLength } from '../keys/space.js'
import { storedKey } from '../request/check-document.js'
import { ownErrors } from '../request/own-errors.js'
import type { KvRequest } from './kv-request.js'
import { limitedBody } from './limited-body.js'
import { arrayOf, jsonResponse } from './list-route.js'

/** POST with mget=1: the documents of a list of keys in its order, `missing` where there is none. */
export const mgetRoute = async (request: KvRequest): Promise<HttpResponse> => {
  const { service, space, key, context } = request
  const { config, store } = service
  if (key !== '')
    throw new ApiError('bad_parameter', { detail: 'mget=1 takes its keys from the body, not from the path' })
  const mostBytes = config.limits.maxMget * (6 * maxPrimaryKeyLength + 16)
  const body = await ownErrors(() => limitedBody(request, mostBytes, 'kv.limits.max_mget'))
  const keys = parseKeys(body, config.limits.maxMget)
  const pks = keys.map((wanted) => storedKey(space, encodeKey(Buffer.from(wanted))))
  const found = new Map((await store.getMany(context, [...new Set(pks)])).map((row) => [row.pk, row]))
  const entries = pks.map((pk) => {
    const row = found.get(pk)
    if (row !== undefined) return envelope(documentOf(space, row), config.preset)
    return `{\n  "key": ${printString(decodeKey(pk.slice(space.length)))},\n  "missing": true\n}`
  })
  return jsonResponse(arrayOf(entries))
}

const parseKeys = (body: Buffer, most: number): string[] => {
  const keys = parse(body)
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) throw noKeys()
  if (keys.length <= most) return keys
  throw new ApiError('body_too_large', {
    detail: `Expected at most ${most} keys, got ${keys.length}`,
    hint: 'kv.limits.max_mget sets the limit',
  })
}

const parse = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw noKeys()
  }
}

const noKeys = (): ApiError =>
  new ApiError('bad_body', { detail: 'Expected a JSON array of keys, such as ["a/b","c"]' })
