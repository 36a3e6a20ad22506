import { nextLink } from '../../http/next-link.js'
import type { HttpResponse } from '../../response/http-response.js'
import { privateHeaders } from '../answer/document-answer.js'
import { envelope } from '../documents/envelope.js'
import { printString } from '../documents/print-string.js'
import { type DocumentRow, documentOf } from '../documents/row.js'
import { decodeKey } from '../keys/key.js'
import { behind, isEmpty } from '../keys/key-range.js'
import { writeListCursor } from '../request/list-cursor.js'
import type { Listing } from '../request/listing.js'
import { countDocuments } from '../store/count-documents.js'
import { foldKeys } from '../store/fold-keys.js'
import { pagesOf } from '../store/pages.js'
import type { KvRequest } from './kv-request.js'

/** GET of several documents, of their keys, or of their number. Throws ApiError, PluginError, CallError. */
export const listRoute = async (request: KvRequest, listing: Listing): Promise<HttpResponse> => {
  const { service, context } = request
  if (listing.kind === 'count') {
    const count = isEmpty(listing.range) ? 0 : await countDocuments(service.store, context, listing)
    return jsonResponse(`{"count":${count}}`)
  }
  const { entries, next } =
    listing.kind === 'keys' ? await listKeys(request, listing) : await listDocuments(request, listing)
  const body = listing.kind === 'keys' ? `[${entries.join(',')}]` : arrayOf(entries)
  if (next === undefined) return jsonResponse(body)
  const cursor = writeListCursor(next, request.space, listing.binding)
  const link = nextLink(request.exchange.request, cursor, request.exchange.snapshot.config.server.maxUrlBytes)
  return jsonResponse(body, { Link: link, 'X-KV-Truncated': '1' })
}

/** As Kopano prints an array: no newline before its end. */
export const arrayOf = (envelopes: readonly string[]): string =>
  envelopes.length === 0 ? '[\n]\n' : `[\n${envelopes.join(',\n')}]\n`

export const jsonResponse = (latin1: string, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  status: 200,
  headers: {
    'Content-Type': 'application/json',
    'X-Content-Type-Options': 'nosniff',
    ...privateHeaders,
    ...headers,
  },
  body: Buffer.from(latin1, 'latin1'),
})

interface Listed {
  readonly entries: readonly string[]
  /** Where the next page begins; undefined: this was the last. */
  readonly next: string | undefined
}

const listDocuments = async ({ service, space, context }: KvRequest, listing: Listing): Promise<Listed> => {
  const { config, store } = service
  const entries: string[] = []
  let [bytes, last] = [0, undefined as string | undefined]
  for await (const row of pagesOf(store, context, listing, listing.limit + 1)) {
    if (entries.length === listing.limit || (bytes > config.limits.maxAnswerBytes && entries.length > 0)) {
      return { entries, next: last && positionAfter(last, listing) }
    }
    const entry = envelope(documentOf(space, row), config.preset)
    entries.push(entry)
    bytes += entry.length
    last = row.pk
  }
  return { entries, next: undefined }
}

const listKeys = async ({ service, space, context }: KvRequest, listing: Listing): Promise<Listed> => {
  if (listing.folding !== undefined) {
    const { names, next } = await foldKeys(service.store, context, space, listing, listing.folding)
    return { entries: names.map(printKey), next }
  }
  const keys: string[] = []
  for await (const { pk } of pagesOf(service.store, context, listing, listing.limit + 1, pkOnly)) keys.push(pk)
  const listed = keys.slice(0, listing.limit)
  const last = keys.length > listing.limit ? listed.at(-1) : undefined
  return {
    entries: listed.map((pk) => printKey(pk.slice(space.length))),
    next: last && positionAfter(last, listing),
  }
}

const positionAfter = (pk: string, { isReverse }: Listing): string => (isReverse ? pk : behind(pk))

const printKey = (key: string): string => printString(decodeKey(key))

const pkOnly: readonly (keyof DocumentRow)[] = ['pk']
