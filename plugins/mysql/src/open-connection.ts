import { readFileSync } from 'node:fs'
import { PluginError } from '@easyrest/protocol'
import type { ConnectionOptions } from 'mysql2'
import { Connection } from './connection.js'
import { connectionError } from './connection-error.js'
import { MysqlFailure } from './mysql-failure.js'
import type { MysqlHost } from './mysql-host.js'
import type { MysqlUri } from './mysql-uri.js'
import { type Server, serverOf } from './server.js'

/** A connection whose session is as the plugin wants it. */
export interface OpenedConnection {
  readonly connection: Connection
  readonly server: Server
  readonly host: MysqlHost
}

/** Tries the hosts in their order. Throws PluginError `unavailable` with what to change. */
export const openConnection = async (uri: MysqlUri): Promise<OpenedConnection> => {
  const problems: PluginError[] = []
  for (const host of uri.hosts) {
    try {
      return await openHost(uri, host)
    } catch (error) {
      problems.push(error instanceof PluginError ? error : connectionError(uri, host, error))
    }
  }
  throw problems.find(({ reason }) => reason !== 'unavailable') ?? problems.at(-1)!
}

const openHost = async (uri: MysqlUri, host: MysqlHost): Promise<OpenedConnection> => {
  const connection = await logIn(uri, host)
  try {
    await prepareSession(connection)
    const server = await lookAtServer(connection)
    checkTarget(uri, server)
    return { connection, server, host }
  } catch (error) {
    connection.destroy()
    throw error
  }
}

/** Logs in at one host, and no more. With `preferred` a server without TLS will do. */
export const logIn = async (uri: MysqlUri, host: MysqlHost): Promise<Connection> => {
  const ssl = tlsOptions(uri, host)
  try {
    return await Connection.open({ ...loginOptions(uri, host), ...(ssl !== undefined && { ssl }) })
  } catch (error) {
    const isWithout = error instanceof MysqlFailure && error.code === 'HANDSHAKE_NO_SSL_SUPPORT'
    if (!isWithout || uri.tls !== 'preferred') throw error
    return Connection.open(loginOptions(uri, host))
  }
}

const loginOptions = (uri: MysqlUri, host: MysqlHost): ConnectionOptions => ({
  ...host,
  user: uri.user,
  password: uri.password,
  database: uri.database,
  connectTimeout: uri.timeoutMs,
  // A server keeps some 16,000 for all connections together.
  maxPreparedStatements: Math.max(20, Math.min(256, Math.floor(8000 / uri.maxOpenConns))),
})

const tlsOptions = (uri: MysqlUri, host: MysqlHost): ConnectionOptions['ssl'] => {
  if (uri.tls === 'disabled' || 'socketPath' in host) return undefined
  const isVerified = uri.tls === 'verify-ca' || uri.tls === 'verify-identity'
  return {
    rejectUnauthorized: isVerified,
    verifyIdentity: uri.tls === 'verify-identity',
    ...fileOption('ca', uri.ca),
    ...fileOption('cert', uri.cert),
    ...fileOption('key', uri.key),
  }
}

const fileOption = (name: 'ca' | 'cert' | 'key', path: string | undefined) => {
  if (path === undefined) return {}
  try {
    return { [name]: readFileSync(path, 'utf8') }
  } catch (cause) {
    throw new PluginError(
      'bad_value',
      `the file of ssl-${name} cannot be read; correct its path in the connection URI`,
      {
        details: { log: String(cause) },
        cause,
      },
    )
  }
}

/**
 * The same on every connection, whatever the server's configuration: values that do not fit are refused, 0 is no request
 * for a generated key, readers do not wait for writers, and a slow reader of a stream is not thrown out.
 */
export const prepareSession = async (connection: Connection): Promise<void> => {
  await connection.run({ text: sessionSettings, parameters: [] })
  await connection.run({ text: 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', parameters: [] })
}

const lookAtServer = async (connection: Connection): Promise<Server> => {
  const [row] = await connection.rows({ text: serverQuestion, parameters: [] })
  return serverOf(row!, await connection.rows({ text: limitQuestion, parameters: [] }))
}

const sqlModes = [
  ...['STRICT_ALL_TABLES', 'ERROR_FOR_DIVISION_BY_ZERO', 'NO_ENGINE_SUBSTITUTION'],
  ...['NO_ZERO_DATE', 'NO_ZERO_IN_DATE', 'NO_AUTO_VALUE_ON_ZERO'],
]

const sessionSettings = `SET SESSION sql_mode = '${sqlModes.join()}', time_zone = '+00:00', net_write_timeout = 3600`

const limitQuestion = `SHOW VARIABLES WHERE Variable_name IN ('max_statement_time', 'max_execution_time')`
const serverQuestion = 'SELECT @@version, @@max_allowed_packet, @@read_only'

const checkTarget = ({ target }: MysqlUri, { readOnly }: Server): void => {
  if (target === 'any' || (target === 'read-only') === readOnly) return
  throw new PluginError('unavailable', `expected a server that is ${target}, as target_session_attrs says, found none`)
}
