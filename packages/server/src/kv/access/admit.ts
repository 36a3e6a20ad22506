import type { Action } from '../../auth/required-right.js'
import { unauthorized } from '../../auth/unauthorized.js'
import type { KvConfig, KvRealm } from '../../config/kv-config.js'
import { ApiError } from '../../errors.js'
import { authenticate } from '../../http/enter.js'
import type { Exchange } from '../../http/exchange.js'
import { type Space, spaceOf } from '../keys/space.js'
import { KvRefusal } from '../request/kv-refusal.js'
import { type Caller, callerOf } from './caller.js'

/** The documents that a request may have in a realm. Throws KvRefusal: whatever is wrong with a token is 403 in Kopano. */
export const admit = (exchange: Exchange, config: KvConfig, realm: KvRealm, action: Action): Promise<Space> =>
  refusing(async () => {
    const caller = await callerOfRequest(exchange, config)
    const missing = missingScope(caller, config.realms.get(realm)![action])
    if (missing !== undefined) throw lacksScope(missing)
    return spaceOf(realm, ...owner(realm, caller))
  })

/** Throws KvRefusal unless some realm is open to the request, whichever that is. */
export const admitAnywhere = (exchange: Exchange, config: KvConfig): Promise<void> =>
  refusing(async () => {
    const caller = await callerOfRequest(exchange, config)
    const needed = [...config.realms.values()].flatMap(({ read, write }) => [read, write])
    const missing = needed.map((scopes) => missingScope(caller, scopes))
    if (!missing.includes(undefined)) throw lacksScope(missing[0]!)
  })

const refusing = async <T>(admitting: () => Promise<T>): Promise<T> => {
  try {
    return await admitting()
  } catch (error) {
    throw error instanceof ApiError ? new KvRefusal(403, error) : error
  }
}

const missingScope = ({ scopes }: Caller, required: readonly string[]): string | undefined =>
  required.find((scope) => !scopes.has(scope))

const callerOfRequest = async ({ request, snapshot }: Exchange, { preset, claims }: KvConfig): Promise<Caller> => {
  const { tokenType } = snapshot.config.auth.jwt
  const { authorization = '' } = request.headers
  // Kopano compares the word exactly.
  if (preset === 'kopano' && !authorization.startsWith(`${tokenType} `)) throw unauthorized(tokenType)
  const identity = await authenticate(request, snapshot)
  if (identity.anonymous) throw unauthorized(tokenType)
  return callerOf(identity.claims, claims)
}

const owner = (realm: KvRealm, { user, client }: Caller): [owner: string, client: string] => {
  if (realm === 'shared') return ['', '']
  if (realm === 'app') return ['', named(client, 'client')]
  return [named(user, 'user'), client]
}

const named = (name: string, what: string): string => {
  if (name !== '') return name
  throw new ApiError('forbidden', {
    detail: `The access token names no ${what}`,
    hint: `kv.claims.${what} lists the claims`,
  })
}

const lacksScope = (scope: string): ApiError =>
  new ApiError('forbidden', {
    detail: `The request needs the scope "${scope}"`,
    hint: 'Ask for a token whose "scope" claim holds it',
  })
