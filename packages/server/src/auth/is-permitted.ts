import type { AccessRules } from './access-rules.js'
import type { Identity } from './identity.js'
import { type RequiredRight, requiredScope } from './required-right.js'
import { allows } from './scopes.js'

/** Whether the identity has the right, to a name that is not hidden. */
export function isPermitted(identity: Identity, required: RequiredRight, access: AccessRules): boolean {
  if (isPublic(required, access)) return true
  if (identity.anonymous && !access.anonymousAllowed) return false
  return !access.checkScope || allows(identity.scopes, requiredScope(required))
}

/** Public opens reading only: the original opened DELETE with it. */
export function isPublic(required: RequiredRight, access: AccessRules): boolean {
  if (required.action !== 'read') return false
  if (required.table !== undefined) return access.public.tables.opens(required.table)
  return required.function !== undefined && access.public.functions.opens(required.function)
}
