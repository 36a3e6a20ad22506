import type { Credential } from './credentials.js'
import type { Route } from './routes.js'
import type { Setup } from './setups.js'

/** What docs/authentication.md, docs/api.md and docs/errors.md say of a request, and nothing that the server says. */
export function expectedStatus(credential: Credential, route: Route, setup: Setup): number {
  const { method, place } = route
  if (place.kind === 'health') return healthStatus(method)
  if (place.kind === 'nothing') return 404
  if (place.kind === 'bad path') return 400
  if (method === 'OPTIONS') return 204
  if (!methodsOf(route).includes(method)) return 405
  // Before anything else that the server knows.
  if (isBad(credential, setup)) return 401
  if (place.kind === 'unknown connection') return 404
  return rightStatus(credential, route, setup)
}

function healthStatus(method: string): number {
  if (method === 'OPTIONS') return 204
  return isReading(method) ? 200 : 405
}

function methodsOf({ place: { kind, ...place }, target }: Route): string[] {
  const reading = ['GET', 'HEAD']
  if (kind === 'function') return [...reading, 'POST']
  if (kind === 'connection') {
    return 'takes' in place && place.takes === 'statements' ? [...reading, 'QUERY', 'POST'] : [...reading, 'QUERY']
  }
  const isConnection = kind === 'unknown connection' && !target.startsWith('/api/none/users')
  return isConnection ? [...reading, 'QUERY', 'POST'] : [...reading, 'POST', 'PUT', 'PATCH', 'DELETE']
}

function isBad({ kind, isAddressed }: Credential, { asksAudience }: Setup): boolean {
  return kind === 'bad' || (kind === 'good' && asksAudience && !isAddressed)
}

function rightStatus(credential: Credential, route: Route, setup: Setup): number {
  const { place, method } = route
  // Where statements are taken there are no tables, and the other way round.
  if (place.kind === 'table of a connection that takes statements') return 404
  if (place.kind === 'connection') return connectionStatus(credential, place.takes, method, setup)
  if (place.kind !== 'table' && place.kind !== 'function') return 404
  if (place.isHidden) return 404
  // The lists compare as SQLite does: in any case. Scopes are words, which compare exactly.
  const isListed = place.kind === 'table' && setup.public.includes(place.name.toLowerCase())
  const isOpen = isReading(method) && isListed
  const right = `${place.name}-${isReading(method) ? 'read' : 'write'}`
  const refusal = isOpen ? undefined : refusalOf(credential, setup, right)
  if (refusal !== undefined) return refusal
  return place.isThere ? successOf(route) : 404
}

function connectionStatus(credential: Credential, takes: string, method: string, setup: Setup): number {
  if ((takes === 'statements') === isReading(method)) return 404
  if (takes === 'statements') return refusalOf(credential, setup, 'read') ?? 200
  // The description of what the caller may use.
  if (setup.public.length > 0) return 200
  const refusal = refusalOf(credential, setup, 'read')
  if (refusal === undefined || refusal === 401) return refusal ?? 200
  return mayUseTables(credential, setup) ? 200 : 403
}

/** undefined: the right is there. */
function refusalOf(credential: Credential, setup: Setup, right: string): 401 | 403 | undefined {
  const scopes = scopesOf(credential, setup)
  if (scopes === undefined) return 401
  const [general = ''] = right.split('-').slice(-1)
  return !setup.checkScope || scopes.includes(right) || scopes.includes(general) ? undefined : 403
}

function scopesOf({ kind, scopes }: Credential, { anonymous }: Setup): readonly string[] | undefined {
  return kind === 'absent' ? anonymous : scopes
}

function mayUseTables(credential: Credential, setup: Setup): boolean {
  const scopes = scopesOf(credential, setup) ?? []
  return ['users-read', 'users-write', 'read', 'write'].some((scope) => scopes.includes(scope))
}

function successOf({ method, place }: Route): number {
  if (place.kind === 'function') return 200
  return { POST: 201, DELETE: 204 }[method] ?? 200
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
