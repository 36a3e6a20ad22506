import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { PluginError } from '@easyrest/plugin'
import { Cluster, type CommonRedisOptions, Redis } from 'ioredis'
import type { TlsOptions } from './redis-options.js'
import type { RedisUri } from './redis-uri.js'

export type RedisClient = Redis | Cluster

/**
 * A client that is not connected yet. It keeps nothing for later: without a connection a command fails at once, one that
 * was sent is never sent again (a cache must not get old values after new ones), and a connection that owes an answer for
 * too long is replaced. The first attempt to connect is the only one; after it, it never gives up.
 */
export const createClient = (uri: RedisUri): RedisClient => {
  const attempts = new Attempts()
  const client = uri.cluster ? createCluster(uri, attempts) : createSingle(uri, attempts)
  client.once('ready', () => attempts.goOn())
  return client
}

const createSingle = (uri: RedisUri, attempts: Attempts): Redis => {
  const options = { ...commonOptions(uri), db: uri.database, keyPrefix: uri.keyPrefix, retryStrategy: attempts.nextMs }
  if (uri.sentinel === undefined) return new Redis({ ...options, ...uri.hosts[0] })
  const { masterName, user, password } = uri.sentinel
  return new Redis({
    ...options,
    sentinels: [...uri.hosts],
    name: masterName,
    ...(user !== undefined && { sentinelUsername: user }),
    ...(password !== undefined && { sentinelPassword: password }),
    ...(uri.tls && { sentinelTLS: tlsOf(uri.tlsOptions), enableTLSForSentinelMode: true }),
    sentinelCommandTimeout: uri.answerTimeoutMs,
    sentinelRetryStrategy: attempts.nextMs,
  })
}

const createCluster = (uri: RedisUri, attempts: Attempts): Cluster =>
  new Cluster([...uri.hosts], {
    redisOptions: commonOptions(uri),
    keyPrefix: uri.keyPrefix,
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: attempts.nextMs,
    // Follows what was moved; what a broken connection took with it is lost.
    maxRedirections: 3,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    slotsRefreshTimeout: uri.answerTimeoutMs,
    slotsRefreshInterval: 5000,
  })

const commonOptions = (uri: RedisUri) =>
  ({
    ...(uri.user !== undefined && { username: uri.user }),
    ...(uri.password !== undefined && { password: uri.password }),
    ...(uri.tls && { tls: tlsOf(uri.tlsOptions) }),
    ...(uri.clientName !== undefined && { connectionName: uri.clientName }),
    connectTimeout: uri.connectTimeoutMs,
    socketTimeout: uri.answerTimeoutMs,
    keepAlive: 30_000,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // A server that has become a replica.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    // Needs no more than the right to the commands that are used.
    protocol: 2,
    disableClientInfo: true,
  }) satisfies CommonRedisOptions & { connectTimeout: number }

const tlsOf = ({ skip_verify, ca_file, cert_file, key_file }: TlsOptions): ConnectionOptions => ({
  ...(skip_verify && { rejectUnauthorized: false }),
  ...(ca_file !== undefined && { ca: contentOf('ca_file', ca_file) }),
  ...(cert_file !== undefined && { cert: contentOf('cert_file', cert_file) }),
  ...(key_file !== undefined && { key: contentOf('key_file', key_file) }),
})

const contentOf = (option: string, path: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new PluginError('bad_value', `the file of ${option} in the connection URI cannot be read (${code}): ${path}`)
  }
}

/** How long to wait before the next attempt to connect. */
class Attempts {
  private willGoOn = false

  goOn(): void {
    this.willGoOn = true
  }

  /** Short: a server that is back is to be used at once, and one that refuses costs next to nothing. */
  readonly nextMs = (attempt: number): number | null => (this.willGoOn ? Math.min(attempt * 20, 100) : null)
}
