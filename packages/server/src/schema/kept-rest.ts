import type { ConnectionSchema } from './connection-schema.js'
import { swaggerRest, type Tokens } from './swagger-document.js'
import type { UsableSchema } from './usable-schema.js'

/**
 * `swaggerRest`, made once for all callers who may use the same. What is kept goes with the schema it was made of, which
 * is replaced when the plugin says that it has changed.
 */
export const keptRest = (schema: ConnectionSchema, usable: UsableSchema, tokens: Tokens): Buffer => {
  const key = JSON.stringify([rights(usable), tokens.tokenType, tokens.login])
  const variants = kept.get(schema) ?? new Map<string, Buffer>()
  const known = variants.get(key)
  if (known !== undefined) return known
  const rest = swaggerRest(usable, tokens)
  if (variants.size >= mostVariants) variants.clear()
  kept.set(schema, variants.set(key, rest))
  return rest
}

/** Everything of it that the schema does not tell. */
const rights = ({ tables, functions, preconditions, upserts, keysets }: UsableSchema): unknown[] => [
  tables.map(({ name, read, write, open }) => [name, read, write, open]),
  functions.map(({ name, read, write, open, filters }) => [name, read, write, open, filters]),
  preconditions,
  upserts,
  keysets,
]

const kept = new WeakMap<ConnectionSchema, Map<string, Buffer>>()

// Callers of one kind have the same rights; a document of many tables is megabytes.
const mostVariants = 8
