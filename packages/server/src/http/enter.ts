import type { IncomingMessage } from 'node:http'
import { nearestName } from '@easyrest/protocol'
import type { Identity } from '../auth/identity.js'
import { unauthorized } from '../auth/unauthorized.js'
import { ApiError } from '../errors.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import type { Snapshot } from '../snapshot/snapshot.js'
import type { Exchange } from './exchange.js'

/**
 * The first steps of every data route: who asks, and for which connection. Throws ApiError.
 * @param wanted what the route serves; a connection takes statements (use_query) or has tables, never both
 */
export const enter = async (
  { request, snapshot }: Exchange,
  connection: string,
  wanted: 'tables' | 'statements' = 'tables',
): Promise<{ readonly served: ServedConnection; readonly identity: Identity }> => {
  const identity = await authenticate(request, snapshot)
  const served = snapshot.connections.get(connection)
  if (served === undefined) throw unknownConnection(identity, snapshot, connection)
  if (served.config.useQuery !== (wanted === 'statements')) throw notServed(connection, wanted)
  return { served, identity }
}

/** Who asks. Throws ApiError 401. */
export const authenticate = async (
  request: IncomingMessage,
  { authenticator, config }: Snapshot,
): Promise<Identity> => {
  // Node keeps the first of two, and a proxy in front may have looked at the other.
  if (countOf(request, 'authorization') > 1) {
    throw unauthorized(`${config.auth.jwt.tokenType} error="invalid_request"`, new Error('two Authorization headers'))
  }
  return authenticator.authenticate(request.headers.authorization)
}

const countOf = ({ rawHeaders }: IncomingMessage, name: string): number => {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const header = rawHeaders[index]!
    if (header.length === name.length && header.toLowerCase() === name) count++
  }
  return count
}

// Names of connections are told only to those who have a token.
const unknownConnection = ({ anonymous }: Identity, { connections }: Snapshot, name: string): ApiError => {
  const nearest = anonymous ? undefined : nearestName(name, connections.keys())
  return new ApiError('unknown_connection', {
    detail: `There is no connection ${JSON.stringify(name.slice(0, 80))}`,
    ...(nearest === undefined ? {} : { hint: `Did you mean ${nearest}?`, members: { nearest } }),
  })
}

const notServed = (connection: string, wanted: 'tables' | 'statements'): ApiError =>
  wanted === 'tables'
    ? new ApiError('not_found', {
        detail: `The connection ${connection} takes statements; its tables and functions are not served`,
        hint: `Send a statement: QUERY /api/${connection}/`,
      })
    : new ApiError('not_found', {
        detail: `The connection ${connection} takes no statements`,
        hint: `Use its tables: /api/${connection}/<table>/`,
      })
