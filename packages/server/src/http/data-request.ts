import type { IncomingMessage } from 'node:http'
import type { RequestContext } from '@easyrest/protocol'
import type { Identity } from '../auth/identity.js'
import type { ContextValues } from '../request/context-values.js'
import { contextValues } from '../request/context-values.js'
import { type Preferences, parsePreferences } from '../request/prefer.js'
import { parseQueryString, type QueryString } from '../request/query-string.js'
import { buildCtx, requestContext } from '../request/request-context.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import type { Snapshot } from '../snapshot/snapshot.js'

/** What every data route needs of a request once it is known who asks. */
export interface DataRequest {
  readonly query: QueryString
  readonly preferences: Preferences
  readonly values: ContextValues
  context(readOnly: boolean): RequestContext
}

/** Parses the parts all data routes share. Throws ApiError. */
export const parseDataRequest = (
  request: IncomingMessage,
  path: string,
  rawQuery: string,
  identity: Identity,
  { config }: ServedConnection,
  snapshot: Snapshot,
): DataRequest => {
  const query = parseQueryString(rawQuery)
  const preferences = parsePreferences(preferHeader(request), {
    dbTxEnd: config.dbTxEnd,
    defaultTimezone: snapshot.config.defaultTimezone,
  })
  const source = {
    request,
    path,
    query: rawQuery,
    identity,
    preferences,
    allowedHeaders: snapshot.config.context.headers,
  }
  const ctx = buildCtx(source)
  return {
    query,
    preferences,
    values: contextValues(ctx),
    context: (readOnly) => requestContext(source, ctx, readOnly),
  }
}

// Node joins repeated Prefer lines with ", ", which is what RFC 7240 says they mean.
export const preferHeader = (request: IncomingMessage): string | undefined => {
  const header = request.headers.prefer
  return Array.isArray(header) ? header.join(', ') : header
}
