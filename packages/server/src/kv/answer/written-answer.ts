import type { HttpResponse } from '../../response/http-response.js'
import type { Document } from '../documents/document.js'
import type { KvRequest } from '../routes/kv-request.js'
import { documentResponse, emptyResponse, revisionHeaders } from './document-answer.js'

export interface Written {
  /** undefined: there is nothing to name. */
  readonly revision?: string | undefined
  /** As it is now; undefined: not known. */
  readonly document?: Document | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** The answer to a write: headers, and the document where that was asked for. What was rolled back has no entity tag. */
export const writtenResponse = (
  status: number,
  { preferences, service }: Pick<KvRequest, 'preferences' | 'service'>,
  { revision, document, headers }: Written = {},
): HttpResponse => {
  const { txEnd, applied, resolution } = preferences
  const shown = preferences.return === 'representation' ? document : undefined
  const returned = shown === undefined && preferences.return === 'representation' ? undefined : preferences.return
  const kept = [
    ...applied,
    ...(returned === undefined ? [] : [`return=${returned}`]),
    ...(resolution === undefined ? [] : [`resolution=${resolution}`]),
  ]
  const more = {
    ...(revision === undefined || txEnd === 'rollback' ? {} : revisionHeaders(revision)),
    ...headers,
    ...(kept.length === 0 ? {} : { 'Preference-Applied': kept.join(', ') }),
  }
  if (shown === undefined) return emptyResponse(status, more)
  const { headers: described, body } = documentResponse(shown, service.config.preset)
  const { ETag: _tag, 'Last-Modified': _modified, ...others } = described
  return { status, headers: { ...others, ...more }, body }
}
