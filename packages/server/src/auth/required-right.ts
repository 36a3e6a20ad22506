export type Action = 'read' | 'write'

/** The right a request needs: on a table, on a function, or on the whole connection (QUERY, schema). */
export type RequiredRight =
  | { readonly table: string; readonly function?: undefined; readonly action: Action }
  | { readonly function: string; readonly table?: undefined; readonly action: Action }
  | { readonly table?: undefined; readonly function?: undefined; readonly action: Action }

/** The name as the request spells it: scopes are words and compare exactly. */
export function requiredScope(required: RequiredRight): string {
  const name = required.table ?? required.function
  return name === undefined ? required.action : `${name}-${required.action}`
}
