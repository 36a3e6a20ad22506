import type { KvPreset } from '../../config/kv-config.js'
import { ApiError } from '../../errors.js'
import type { HttpResponse } from '../../response/http-response.js'
import { type Document, forever } from '../documents/document.js'
import { envelope } from '../documents/envelope.js'
import { timeOf } from '../store/revisions.js'

export const documentResponse = (document: Document, preset: KvPreset, status = 200): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'application/json', 'X-Content-Type-Options': 'nosniff', ...documentHeaders(document) },
  body: Buffer.from(envelope(document, preset), 'latin1'),
})

/** The value itself under its own type. A page that somebody stored must not act in the name of this server. */
export const rawResponse = (document: Document): HttpResponse => ({
  status: 200,
  headers: {
    'Content-Type': isHeader.test(document.contentType) ? document.contentType : 'application/octet-stream',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    ...documentHeaders(document),
  },
  body: document.value,
})

// Also of what was imported, which nobody checked.
const isHeader = /^[\t\x20-\x7e\x80-\xff]+$/

/** What is said of a document beside its value. */
export const documentHeaders = ({ revision, liveUntil, metadata }: Document): Record<string, string> => ({
  ...revisionHeaders(revision),
  ...privateHeaders,
  ...(liveUntil === forever ? {} : { 'X-KV-Expires': String(liveUntil / 1000) }),
  ...(metadata === undefined ? {} : { 'X-KV-Meta': Buffer.from(metadata).toString('latin1') }),
})

export const revisionHeaders = (revision: string): Record<string, string> => ({
  ETag: `"${revision}"`,
  'Last-Modified': new Date(timeOf(revision)).toUTCString(),
})

/** What one user reads is for no other. */
export const privateHeaders = { 'Cache-Control': 'private, no-cache', Vary: 'Authorization, Prefer' } as const

/** Throws ApiError unknown_document, unless Kopano has an answer of its own. */
export const missingDocument = (preset: KvPreset): HttpResponse => {
  if (preset === 'kopano') return pageNotFound()
  throw new ApiError('unknown_document', { detail: 'There is no document under this key, or it has expired' })
}

/** What Go's router answers. */
export const pageNotFound = (): HttpResponse => bareResponse(404, '404 page not found\n')

export const bareResponse = (
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff', ...headers },
  body: Buffer.from(text),
})

/** No body, and no word about its type. */
export const emptyResponse = (status: number, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  status,
  headers,
  body: Buffer.alloc(0),
})
