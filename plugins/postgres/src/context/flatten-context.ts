/**
 * The context as texts by name: each member (objects as JSON), and each member of an object by its flattened name,
 * `claims_sub`. Names that a request chooses are data: what is no identifier in them becomes `_`, and since the server
 * never forgets a name it has seen, only so many are used; the JSON holds them all.
 */
export const flattenContext = (ctx: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> => {
  const values = new Map<string, string>()
  for (const [key, value] of Object.entries(ctx)) {
    values.set(key === 'jwt.claims' ? key : identifier(key), printed(value))
  }
  for (const [key, value] of Object.entries(ctx)) {
    // The same claims are there under `claims`.
    if (key !== 'jwt.claims') flatten(identifier(key), value, values, 1)
  }
  for (const name of values.keys()) if (!isUsed(name)) values.delete(name)
  return values
}

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

const identifier = (key: string): string => {
  if (usualName.test(key)) return key
  return key
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
    .slice(0, longestName)
}

const usualName = /^[a-z0-9_]{1,100}$/

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
