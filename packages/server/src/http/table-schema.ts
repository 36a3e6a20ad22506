import type { TableInput } from '../request/table-input.js'
import type { TableSchema } from '../schema/connection-schema.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import type { Exchange } from './exchange.js'
import { readSchema } from './read-schema.js'

/**
 * What the plugin says of the table or view of a request; undefined: nothing. Throws what calls throw.
 * @param maxAgeMs how old it may be; 0: the plugin is asked
 */
export const tableSchema = async (
  exchange: Exchange,
  served: ServedConnection,
  { context, table }: Pick<TableInput, 'context' | 'table'>,
  maxAgeMs = 0,
): Promise<TableSchema | undefined> => {
  const { tables, views } = await readSchema(exchange, served, context(true), maxAgeMs)
  return ownMember(tables, table) ?? ownMember(views, table)
}

// A table may be called constructor.
const ownMember = (schemas: Readonly<Record<string, TableSchema>>, name: string): TableSchema | undefined =>
  Object.hasOwn(schemas, name) ? schemas[name] : undefined
