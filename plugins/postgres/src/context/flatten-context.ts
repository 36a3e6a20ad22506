/** A setting of a transaction. */
export type Setting = readonly [name: string, value: string]

/**
 * The context as settings, under `request.` and `erctx.` alike: each member (objects as JSON), and each member of an
 * object by its flattened name, `claims_sub`. Names that a request chooses are data: what is no identifier in them
 * becomes `_`, and since the server never forgets a name it has seen, only so many are used; the JSON holds them all.
 */
export const flattenContext = (ctx: Readonly<Record<string, unknown>>): readonly Setting[] => {
  const values = new Map<string, string>()
  for (const [key, value] of Object.entries(ctx)) {
    values.set(key === 'jwt.claims' ? key : identifier(key), printed(value))
  }
  for (const [key, value] of Object.entries(ctx)) {
    // The same claims are there under `claims`.
    if (key !== 'jwt.claims') flatten(identifier(key), value, values, 1)
  }
  return [...values].filter(([name]) => isUsed(name)).flatMap(([name, value]) => prefixed(name, value))
}

const prefixed = (name: string, value: string): Setting[] => [
  [`request.${name}`, value],
  [`erctx.${name}`, value],
]

const flatten = (name: string, value: unknown, values: Map<string, string>, depth: number): void => {
  if (typeof value !== 'object' || value === null) return void (depth > 1 && values.set(name, printed(value)))
  if (depth > deepest) return
  for (const [key, member] of Object.entries(value)) {
    if (values.size >= mostSettings) return
    flatten(`${name}_${identifier(key)}`, member, values, depth + 1)
  }
}

const printed = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)

const identifier = (key: string): string =>
  key
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
    .slice(0, longestName)

const isUsed = (name: string): boolean => {
  if (usedNames.has(name)) return true
  if (usedNames.size >= mostNames) return false
  usedNames.add(name)
  return true
}

const usedNames = new Set<string>()

/** Of all requests; each is kept in every server process for as long as that lives. */
const mostNames = 1000
/** Of one request. */
const mostSettings = 200
const deepest = 4
const longestName = 100
