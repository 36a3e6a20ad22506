import type { RequestContext } from '@easyrest/protocol'
import { ApiError } from '../../errors.js'
import { preferHeader } from '../../http/data-request.js'
import type { Exchange } from '../../http/exchange.js'
import { type Preferences, parsePreferences } from '../../request/prefer.js'
import type { EncodedKey } from '../keys/key.js'
import type { Space } from '../keys/space.js'
import type { KvService } from '../kv-service.js'
import type { KvParameters } from '../request/parameters.js'

/** A request about documents once it is known who asks. */
export interface KvRequest {
  readonly exchange: Exchange
  readonly service: KvService
  readonly space: Space
  readonly key: EncodedKey
  readonly parameters: KvParameters
  readonly preferences: Preferences
  readonly context: RequestContext
}

/** The preferences that mean something for documents. Throws ApiError bad_preference. */
export const preferencesOf = ({ request, snapshot }: Exchange, { config }: KvService): Preferences => {
  const preferences = parsePreferences(preferHeader(request), {
    dbTxEnd: snapshot.connections.get(config.connection)!.config.dbTxEnd,
    defaultTimezone: snapshot.config.defaultTimezone,
  })
  return {
    ...preferences,
    resolution: request.method === 'PUT' ? preferences.resolution : undefined,
    applied: preferences.applied.filter((preference) => !ofRows.test(preference)),
  }
}

// What a write of one document neither counts nor limits.
const ofRows = /^(?:count|max-affected)=/

/**
 * What the plugin learns: time zone and preferences. Without preferences it is the store's own, so that the calls of many
 * requests can be one. Throws ApiError unsupported for a dry run that the plugin would not keep to itself.
 */
export const contextOf = ({ request }: Exchange, { store }: KvService, preferences: Preferences): RequestContext => {
  if (request.headers.prefer === undefined) return store.options.context
  const { timezone, txEnd, all } = preferences
  if (txEnd === 'rollback' && store.opening.features?.rollback === false) {
    throw new ApiError('unsupported', {
      detail: 'The plugin of this connection does not roll back, so nothing is tried out',
    })
  }
  return { userId: '', timezone, txEnd, readOnly: false, ctx: Buffer.from(JSON.stringify({ timezone, prefer: all })) }
}
