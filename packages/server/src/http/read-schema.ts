import type { Connection } from '@easyrest/host'
import type { RequestContext } from '@easyrest/protocol'
import { type ConnectionSchema, parseConnectionSchema } from '../schema/connection-schema.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import type { Exchange } from './exchange.js'
import { pluginCall } from './plugin-call.js'

/**
 * The schema of a connection; parsed again only when the plugin says that it has changed. Throws what calls throw.
 * @param maxAgeMs the plugin is not asked when it was less than so long ago
 */
export const readSchema = async (
  exchange: Exchange,
  served: ServedConnection,
  context: RequestContext,
  maxAgeMs = 0,
): Promise<ConnectionSchema> => {
  const known = kept.get(served.connection)
  if (known !== undefined && performance.now() - known.askedAt < maxAgeMs) return known.schema
  const askedAt = performance.now()
  const answer = await pluginCall(exchange, served, 'GetSchema', (options) =>
    served.connection.db.getSchema({ context, knownVersion: known?.version ?? '' }, options),
  )
  const schema = known !== undefined && answer.unchanged ? known.schema : parseConnectionSchema(answer.schema)
  if (answer.version !== '') kept.set(served.connection, { version: answer.version, schema, askedAt })
  return schema
}

const kept = new WeakMap<Connection, { version: string; schema: ConnectionSchema; askedAt: number }>()
