/** Words of the claims `scope` and `scp`: a string of words or an array of strings. Everything else grants nothing. */
export function scopesOf(claims: Readonly<Record<string, unknown>>): Set<string> {
  return new Set([...wordsOf(own(claims, 'scope')), ...wordsOf(own(claims, 'scp'))])
}

/**
 * The original's rule, with a strict suffix: the scope itself, or `read` for anything that ends with `-read`, or
 * `write` for anything that ends with `-write`.
 */
export function allows(scopes: ReadonlySet<string>, required: string): boolean {
  return scopes.has(required) || impliedBy(scopes, required, 'read') || impliedBy(scopes, required, 'write')
}

function own(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined
}

/** A string of words or an array of strings as words; everything else as none. */
export function wordsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.split(/\s+/).filter((word) => word !== '')
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string' && word !== '') : []
}

function impliedBy(scopes: ReadonlySet<string>, required: string, general: 'read' | 'write'): boolean {
  return required.endsWith(`-${general}`) && scopes.has(general)
}
