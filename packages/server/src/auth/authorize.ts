import { ApiError } from '../errors.js'
import type { AccessRules } from './access-rules.js'
import type { Identity } from './identity.js'
import { isHidden } from './is-hidden.js'
import { isPermitted } from './is-permitted.js'
import { type RequiredRight, requiredScope } from './required-right.js'
import { unauthorized } from './unauthorized.js'

/** Throws ApiError unless the identity has the right. Hidden names come first: for them nobody has one. */
export function authorize(identity: Identity, required: RequiredRight, access: AccessRules): void {
  refuseHidden(required, access)
  if (isPermitted(identity, required, access)) return
  if (identity.anonymous && !access.anonymousAllowed) throw unauthorized(access.tokenType)
  throw forbidden(requiredScope(required))
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

function forbidden(scope: string): ApiError {
  return new ApiError('forbidden', {
    detail: `The request needs the scope "${scope}"`,
    hint: 'Ask for a token whose "scope" claim holds it',
  })
}
