import { connect as connectSocket, type Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { Client, type ClientConfig } from 'pg'
import { ServerConnection } from '../server-connection.js'
import { connectionError, isFinal } from './connection-error.js'
import type { HostAddress, PostgresUri } from './postgres-uri.js'
import { suitsTarget } from './target-session.js'
import { tlsAttempts } from './tls-settings.js'

/**
 * A new connection to the first server that takes it and is what target_session_attrs wants. The driver `pg` finds the
 * server, speaks TLS and logs in; from then on the connection is ours. Throws `unavailable` with what to change.
 */
export const openConnection = async (uri: PostgresUri): Promise<ServerConnection> => {
  const failures: unknown[] = []
  for (const strict of uri.targetSession === 'prefer-standby' ? [true, false] : [true]) {
    for (const host of inOrder(uri)) {
      try {
        const connection = await openHost(uri, host)
        if (!strict || (await suitsTarget(connection, uri.targetSession))) return connection
        connection.close()
        failures.push(new Error(`${host.host}:${host.port} is not ${uri.targetSession}`))
      } catch (error) {
        failures.push(error)
        if (isFinal(error)) throw connectionError(uri, [error])
      }
    }
  }
  throw connectionError(uri, failures)
}

const inOrder = ({ hosts, shuffleHosts }: PostgresUri): readonly HostAddress[] =>
  shuffleHosts
    ? hosts
        .map((host) => [Math.random(), host] as const)
        .sort(([a], [b]) => a - b)
        .map(([, host]) => host)
    : hosts

const openHost = async (uri: PostgresUri, address: HostAddress): Promise<ServerConnection> => {
  const attempts = tlsAttempts(uri.tls, address.host)
  for (const [index, tls] of attempts.entries()) {
    try {
      return await logIn(uri, address, tls)
    } catch (error) {
      if (index === attempts.length - 1 || !mayDiffer(error)) throw error
    }
  }
  throw new Error('there is no way to connect')
}

// A server without TLS, one that insists on it, or a rule in pg_hba.conf for one of both.
const mayDiffer = (error: unknown): boolean =>
  error instanceof Error && (/SSL/.test(error.message) || ('code' in error && error.code === '28000'))

const logIn = async (
  uri: PostgresUri,
  address: HostAddress,
  tls: ConnectionOptions | false,
): Promise<ServerConnection> => {
  const client = new Client(clientConfig(uri, address, tls))
  // Once the connection is ours its failures are told by the socket.
  client.on('error', () => {})
  await client.connect()
  const { processID, secretKey, connection } = client as unknown as DriverClient
  const socket = connection.stream
  socket.removeAllListeners('data')
  return new ServerConnection(socket, uri.prepared, () => cancel(address, processID, secretKey))
}

/** What the types of the driver leave out. */
interface DriverClient {
  readonly processID: number
  readonly secretKey: number
  readonly connection: { readonly stream: Socket }
}

const clientConfig = (uri: PostgresUri, { host, port }: HostAddress, tls: ConnectionOptions | false): ClientConfig => ({
  host,
  port,
  ...(uri.user !== undefined && { user: uri.user }),
  ...(uri.password !== undefined && { password: uri.password }),
  ...(uri.database !== undefined && { database: uri.database }),
  ssl: tls,
  ...(tls !== false && uri.tls.direct && { sslnegotiation: 'direct' }),
  enableChannelBinding: uri.tls.channelBinding,
  application_name: uri.applicationName,
  ...(uri.startupOptions !== undefined && { options: uri.startupOptions }),
  connectionTimeoutMillis: uri.connectTimeoutMs,
  keepAlive: uri.keepAlive,
})

// A connection of its own, on which the server takes nothing else. When it ends, the signal was sent.
const cancel = ({ host, port }: HostAddress, processID: number, secretKey: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = host.startsWith('/') ? connectSocket(`${host}/.s.PGSQL.${port}`) : connectSocket(port, host)
    const message = Buffer.alloc(16)
    message.writeInt32BE(16, 0)
    message.writeInt32BE(cancelCode, 4)
    message.writeInt32BE(processID, 8)
    message.writeInt32BE(secretKey, 12)
    socket.on('error', () => {})
    socket.once('close', () => resolve())
    socket.setTimeout(cancelTimeoutMs, () => socket.destroy())
    // Not `end`: PgBouncer 1.18 dies of a client that closes its side before it has passed the request on.
    socket.write(message)
    socket.resume()
  })

const cancelCode = 80_877_102
const cancelTimeoutMs = 5000
