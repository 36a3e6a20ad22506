import { PluginError } from '@easyrest/plugin'
import { type RedisOptions, readRedisOptions } from './redis-options.js'

/** What a connection URI says: `redis://[user:password@]host[:port][,host...][/database][?option=value&...]`. */
export interface RedisUri extends RedisOptions {
  readonly tls: boolean
  readonly user: string | undefined
  readonly password: string | undefined
  /** Of Redis, of some nodes of its cluster, or of sentinels. */
  readonly hosts: readonly RedisHost[]
  readonly database: number
}

export interface RedisHost {
  readonly host: string
  readonly port: number
}

/** rediss and valkeys speak TLS. */
export const schemes = ['redis', 'rediss', 'valkey', 'valkeys']

/** Throws `bad_value` with what was expected, and never with the password. */
export const parseRedisUri = (uri: string): RedisUri => {
  // An @ behind the host may be one of a password, which must not be shown as something else.
  const match = /^[^/?#]*[/?#][^@]*@/.test(uri.replace('://', '')) ? undefined : uriForm.exec(uri)?.groups
  if (match === undefined)
    throw badUri(`expected ${form}; write @ / ? # : in a user or password as %40 %2F %3F %23 %3A`)
  const options = readRedisOptions(match.options ?? '')
  const read: RedisUri = {
    ...options,
    tls: /^(rediss|valkeys)$/i.test(match.scheme!),
    ...credentialsIn(match.credentials),
    hosts: match.hosts!.split(',').map((host) => hostIn(host, options.sentinel === undefined ? 6379 : 26_379)),
    database: databaseIn(match.database ?? '', options.database),
  }
  checkWhole(read)
  return read
}

const form = 'redis://[user:password@]host[:port][/database][?option=value&...]'

const uriForm =
  /^(?<scheme>rediss?|valkeys?):\/\/(?:(?<credentials>[^@/?#]*)@)?(?<hosts>[^@/?#]*)(?:\/(?<database>[^/?#]*)\/?)?(?:\?(?<options>[^#]*))?$/i

const credentialsIn = (text: string | undefined): Pick<RedisUri, 'user' | 'password'> => {
  const [user = '', ...rest] = (text ?? '').split(':')
  if (rest.length > 1) throw badUri('a password with a colon in it; write it as %3A')
  const password = rest[0] ?? ''
  if (user !== '' && password === '')
    throw badUri('a user without a password; a password alone is redis://:password@host')
  return { user: decode(user) || undefined, password: decode(password) || undefined }
}

/** As the original's driver: localhost and the usual port where nothing else is said. */
const hostIn = (text: string, defaultPort: number): RedisHost => {
  const match = /^(?:\[(?<ipv6>[0-9a-f:.]+)\]|(?<name>[^:[\]\s]*))(?::(?<port>\d{0,5}))?$/i.exec(text)?.groups
  const port = Number(match?.port || defaultPort)
  if (match === undefined || port < 1 || port > 65_535) {
    throw badUri(`expected host:port or [IPv6]:port, got ${JSON.stringify(text)}`)
  }
  return { host: match.ipv6 ?? (match.name || 'localhost'), port }
}

const databaseIn = (path: string, option: number | undefined): number => {
  if (path === '') return option ?? 0
  if (!/^\d{1,5}$/.test(path)) throw badUri(`expected a database number behind the /, got ${JSON.stringify(path)}`)
  if (option !== undefined && option !== Number(path)) throw badUri(`two databases, /${path} and db=${option}`)
  return Number(path)
}

const checkWhole = ({ hosts, cluster, sentinel, database, tls, tlsOptions }: RedisUri): void => {
  if (cluster && sentinel !== undefined) throw badUri('cluster and master_name exclude each other')
  if (hosts.length > 1 && !cluster && sentinel === undefined) {
    throw badUri('several hosts; say cluster=true for Redis Cluster, or master_name=<name> for sentinels')
  }
  if (cluster && database !== 0) throw badUri(`database ${database}; Redis Cluster has only database 0`)
  const [name] = Object.keys(tlsOptions)
  if (!tls && name !== undefined) throw badUri(`${name} without TLS; begin the URI with rediss://`)
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // The text may be part of a password.
    throw badUri('expected percent-escapes of UTF-8 in user and password; write % as %25')
  }
}

const badUri = (problem: string): PluginError => new PluginError('bad_value', `the connection URI is wrong: ${problem}`)
