import type { Claims } from '../../auth/identity.js'

/**
 * The claim at a path such as `kc.identity.kc.i.id`. The names of claims may hold dots themselves, so every cut is tried.
 * Names on top compare without regard to case, as an identity has them. undefined: there is none.
 */
export const claimAt = (claims: Claims, path: string): unknown => {
  for (const [name, rest] of cuts(path)) {
    const key = name.toLowerCase()
    if (Object.hasOwn(claims, key)) {
      const found = rest === undefined ? claims[key] : memberAt(claims[key], rest)
      if (found !== undefined) return found
    }
  }
  return undefined
}

const memberAt = (value: unknown, path: string): unknown => {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, rest] of cuts(path)) {
    if (!Object.hasOwn(value, name)) continue
    const member = (value as Record<string, unknown>)[name]
    const found = rest === undefined ? member : memberAt(member, rest)
    if (found !== undefined) return found
  }
  return undefined
}

/** The whole path as one name, then what stands before and behind each dot. */
function* cuts(path: string): Generator<readonly [name: string, rest: string | undefined]> {
  yield [path, undefined]
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    yield [path.slice(0, dot), path.slice(dot + 1)]
  }
}
