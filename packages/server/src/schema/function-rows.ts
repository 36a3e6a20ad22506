import { cleanSchema } from './clean-schema.js'
import type { ColumnSchema } from './connection-schema.js'
import type { UsableFunction, UsableTable } from './usable-schema.js'

/** What parameters are made for: a table, or the rows of a function under a name that no table has. */
export type DescribedRows = Pick<UsableTable, 'name' | 'schema'>

/** The rows of a function that can be filtered; undefined: it answers none, or nothing is known of them. */
export const functionRows = ({ name, output, filters }: UsableFunction): DescribedRows | undefined => {
  const { items } = cleanSchema(output) as { readonly items?: { readonly properties?: Record<string, ColumnSchema> } }
  const properties = items?.properties
  if (!filters || properties === undefined) return undefined
  return { name: `rpc.${name}`, schema: { properties } }
}
