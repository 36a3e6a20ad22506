import type { IncomingMessage } from 'node:http'
import type { RequestContext } from '@easyrest/protocol'
import type { Identity } from '../auth/identity.js'
import type { Preferences } from './prefer.js'
import { contextHeaders } from './request-headers.js'

/** What a request is made of once it is known who asks: the source of ctx and of context values. */
export interface ContextSource {
  readonly request: IncomingMessage
  readonly path: string
  readonly query: string
  readonly identity: Identity
  readonly preferences: Preferences
  /** context.headers of the configuration. */
  readonly allowedHeaders: readonly string[] | undefined
}

/** The JSON object `ctx` of the contract (context.proto), with the keys of the original's BuildPluginContext. */
export const buildCtx = ({ request, path, query, identity, preferences, allowedHeaders }: ContextSource): string => {
  const role = identity.claims.role
  const members = [
    `"timezone":${JSON.stringify(preferences.timezone)}`,
    `"headers":${JSON.stringify(contextHeaders(request, allowedHeaders))}`,
    // The token cache keeps this text, so claims are not serialised again for each request.
    `"claims":${identity.claimsJson}`,
    `"jwt.claims":${identity.claimsJson}`,
    `"method":${JSON.stringify(request.method)}`,
    `"path":${JSON.stringify(path)}`,
    `"query":${JSON.stringify(query)}`,
    `"prefer":${JSON.stringify(preferences.all)}`,
  ]
  if (typeof role === 'string' && role !== '') members.push(`"role":${JSON.stringify(role)}`)
  return `{${members.join(',')}}`
}

export const requestContext = (source: ContextSource, ctx: string, readOnly: boolean): RequestContext => ({
  userId: source.identity.subject,
  timezone: source.preferences.timezone,
  txEnd: source.preferences.txEnd,
  readOnly,
  ctx: Buffer.from(ctx),
})
