import type { Connection } from '@easyrest/host'
import type { RequestContext } from '@easyrest/protocol'
import { type ConnectionSchema, parseConnectionSchema } from '../schema/connection-schema.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import type { Exchange } from './exchange.js'
import { pluginCall } from './plugin-call.js'

/** The schema of a connection; parsed again only when the plugin says that it has changed. Throws what calls throw. */
export const readSchema = async (
  exchange: Exchange,
  served: ServedConnection,
  context: RequestContext,
): Promise<ConnectionSchema> => {
  const known = kept.get(served.connection)
  const answer = await pluginCall(exchange, served, 'GetSchema', (options) =>
    served.connection.db.getSchema({ context, knownVersion: known?.version ?? '' }, options),
  )
  if (known !== undefined && answer.unchanged) return known.schema
  const schema = parseConnectionSchema(answer.schema)
  if (answer.version !== '') kept.set(served.connection, { version: answer.version, schema })
  return schema
}

const kept = new WeakMap<Connection, { version: string; schema: ConnectionSchema }>()
