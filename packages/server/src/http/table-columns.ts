import type { TableInput } from '../request/table-input.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import type { Exchange } from './exchange.js'
import { tableSchema } from './table-schema.js'

/**
 * The columns of a table or view, in its order; undefined: the plugin does not tell. That it failed to is no reason to
 * fail a request, which may be a write that has happened.
 */
export const tableColumns = async (
  exchange: Exchange,
  served: ServedConnection,
  input: TableInput,
): Promise<readonly string[] | undefined> => {
  const schema = await tableSchema(exchange, served, input).catch(() => undefined)
  return schema && Object.keys(schema.properties)
}
