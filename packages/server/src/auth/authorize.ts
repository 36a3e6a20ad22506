import { ApiError } from '../errors.js'
import type { AccessRules } from './access-rules.js'
import type { Identity } from './identity.js'
import { isHidden } from './is-hidden.js'
import { allows } from './scopes.js'
import { unauthorized } from './unauthorized.js'

export type Action = 'read' | 'write'

/** The right a request needs: on a table, on a function, or on the whole connection (QUERY, schema). */
export type RequiredRight =
  | { readonly table: string; readonly function?: undefined; readonly action: Action }
  | { readonly function: string; readonly table?: undefined; readonly action: Action }
  | { readonly table?: undefined; readonly function?: undefined; readonly action: Action }

/** Throws ApiError unless the identity has the right. Hidden names come first: for them nobody has one. */
export function authorize(identity: Identity, required: RequiredRight, access: AccessRules): void {
  refuseHidden(required, access)
  if (isPublic(required, access)) return
  if (identity.anonymous && !access.anonymousAllowed) throw unauthorized(access.tokenType)
  const scope = requiredScope(required)
  if (access.checkScope && !allows(identity.scopes, scope)) throw forbidden(scope)
}

/** The same answer as for a name that the database does not know. */
function refuseHidden(required: RequiredRight, access: AccessRules): void {
  const { table, function: name } = required
  if (table !== undefined && isHidden('tables', table, access)) {
    throw new ApiError('unknown_table', { detail: `There is no table "${table}"` })
  }
  if (name !== undefined && isHidden('functions', name, access)) {
    throw new ApiError('unknown_function', { detail: `There is no function "${name}"` })
  }
}

/** Public opens reading only: the original opened DELETE with it. */
function isPublic(required: RequiredRight, access: AccessRules): boolean {
  if (required.action !== 'read') return false
  if (required.table !== undefined) return access.public.tables.has(required.table.toLowerCase())
  return required.function !== undefined && access.public.functions.has(required.function.toLowerCase())
}

/** The name as the request spells it: scopes are words and compare exactly. */
function requiredScope(required: RequiredRight): string {
  const name = required.table ?? required.function
  return name === undefined ? required.action : `${name}-${required.action}`
}

function forbidden(scope: string): ApiError {
  return new ApiError('forbidden', {
    detail: `The request needs the scope "${scope}"`,
    hint: 'Ask for a token whose "scope" claim holds it',
  })
}
