import { badUri, OptionReader } from './option-reader.js'
import { readTlsSettings, type TlsSettings, tlsOptionNames } from './tls-settings.js'

/** What a connection URI says, as libpq reads it: `postgres://[user[:password]@][host[:port],...][/database][?options]`. */
export interface PostgresUri {
  /** In the order in which they are tried. */
  readonly hosts: readonly HostAddress[]
  readonly user: string | undefined
  /** undefined: from PGPASSWORD or ~/.pgpass. */
  readonly password: string | undefined
  readonly database: string | undefined
  readonly tls: TlsSettings
  readonly targetSession: TargetSession
  readonly shuffleHosts: boolean
  readonly connectTimeoutMs: number
  readonly applicationName: string
  /** Settings for the start of each session, as `-c name=value`. */
  readonly startupOptions: string | undefined
  readonly keepAlive: boolean
  readonly pool: PoolSettings
  /** Whether statements are prepared once per connection; false behind a pooler of transactions. */
  readonly prepared: boolean
  /** Whose tables and functions are served, in the order in which a name is looked for. */
  readonly schemas: readonly string[]
  /** search_path of a transaction: the schemas, and what is only for the database's own use. */
  readonly searchPath: readonly string[]
  /** The claim that names the role of a transaction; undefined: none does. */
  readonly roleClaim: string | undefined
  /** The role of a transaction without that claim. */
  readonly anonRole: string | undefined
  readonly allowSuperuserQuery: boolean
  /** Of the cache role: where its table is; undefined: where the server looks first. */
  readonly cacheSchema: string | undefined
  /** Of the cache role: expired entries are deleted each minute. */
  readonly autoCleanup: boolean
  /** The most time a statement gets; 0: what is left of the call. */
  readonly statementTimeoutMs: number
}

export interface HostAddress {
  /** A name, an address, or the directory of a socket. */
  readonly host: string
  readonly port: number
}

const targetSessions = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const

export type TargetSession = (typeof targetSessions)[number]

export interface PoolSettings {
  readonly maxConnections: number
  /** How many stay open when nothing is asked. */
  readonly idleConnections: number
  readonly idleMs: number
  readonly lifetimeMs: number
  /** How long a call waits for a connection. */
  readonly waitMs: number
}

/** Throws `bad_value` with what was expected. */
export const parsePostgresUri = (uri: string): PostgresUri => {
  const match = /^postgres(?:ql)?:\/\/(?:([^/?#@]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i.exec(uri)
  if (match === null) {
    throw badUri(
      'expected postgres://user:password@host:5432/database?option=value; write @ : / ? # in a password as %40 %3A %2F %3F %23',
    )
  }
  const [, login = '', authority = '', path = '', query = ''] = match
  const options = new OptionReader(query, optionNames)
  options.choice('client_encoding', ['utf8', 'UTF8', 'UTF-8', 'auto'], 'utf8')
  // Of the original: any number of rows is one statement here.
  options.count('bulkThreshold', 0, 0)
  const [user, password] = readLogin(login)
  return {
    hosts: readHosts(authority, options),
    // Behind the question mark counts, as in libpq.
    user: options.text('user') ?? user,
    password: options.text('password') ?? password,
    database: options.text('dbname') ?? (decode(path) || undefined),
    tls: readTlsSettings(options),
    targetSession: options.choice('target_session_attrs', targetSessions, 'any'),
    shuffleHosts: options.choice('load_balance_hosts', ['disable', 'random'], 'disable') === 'random',
    ...readSession(options),
    pool: readPool(options),
    ...readExposure(options),
  }
}

const readSession = (options: OptionReader) => ({
  connectTimeoutMs: options.duration('connect_timeout', 1000, 10_000),
  applicationName: options.text('application_name') ?? options.text('fallback_application_name') ?? 'easyrest',
  startupOptions: options.text('options'),
  keepAlive: options.flag('keepalives', true),
  prepared: options.flag('prepared', true),
  statementTimeoutMs: options.duration('timeout', 1000, 0),
})

const readPool = (options: OptionReader): PoolSettings => {
  const maxConnections = options.count('maxOpenConns', 10)
  return {
    maxConnections,
    idleConnections: Math.min(options.count('maxIdleConns', 2, 0), maxConnections),
    idleMs: options.duration('connMaxIdleTime', minuteMs, 10 * minuteMs),
    lifetimeMs: options.duration('connMaxLifetime', minuteMs, 60 * minuteMs),
    waitMs: options.duration('pool_timeout', 1000, 5000),
  }
}

const readExposure = (options: OptionReader) => {
  const path = options.names('search_path')
  const named = options.names('schemas') ?? path
  const schemas = named ?? ['public']
  return {
    schemas,
    cacheSchema: (path ?? named)?.[0],
    searchPath: path ?? schemas,
    roleClaim: options.text('role_claim')?.toLowerCase(),
    anonRole: options.text('anon_role'),
    allowSuperuserQuery: options.flag('allow_superuser_query', false),
    autoCleanup: options.flag('autoCleanup', true),
  }
}

const readLogin = (login: string): readonly [user: string | undefined, password: string | undefined] => {
  const colon = login.indexOf(':')
  const user = decode(colon < 0 ? login : login.slice(0, colon))
  return [user || undefined, colon < 0 ? undefined : decode(login.slice(colon + 1))]
}

const readHosts = (authority: string, options: OptionReader): HostAddress[] => {
  const parts = authority.split(',')
  const hosts = splitList(options.text('host')) ?? parts.map((part) => decode(hostPart(part)))
  const ports = splitList(options.text('port')) ?? parts.map(portPart)
  if (ports.length > 1 && ports.length !== hosts.length) {
    throw badUri(`expected a port for each of ${hosts.length} hosts, or one for all, got ${ports.length}`)
  }
  return hosts.map((host, index) => ({
    host: host || 'localhost',
    port: readPort(ports.length === 1 ? ports[0]! : ports[index]!),
  }))
}

const splitList = (text: string | undefined): string[] | undefined => text?.split(',')

// [::1]:5432 has colons of its own.
const hostPart = (part: string): string => (/^\[([^\]]*)\]/.exec(part)?.[1] ?? part.replace(/:[^:]*$/, '')).trim()

const portPart = (part: string): string => /^(?:\[[^\]]*\]|[^:]*):([^:]*)$/.exec(part)?.[1] ?? ''

const readPort = (text: string): number => {
  if (text === '') return 5432
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text)
  throw badUri(`expected a port from 1 to 65535, got ${JSON.stringify(text)}`)
}

const decode = (text: string): string => {
  try {
    const decoded = decodeURIComponent(text)
    if (!decoded.includes('\0')) return decoded
  } catch {
    // The same answer as for the character that no name can hold.
  }
  // Not the text: it may be the password.
  throw badUri('expected percent-escapes of UTF-8 in user, password, host and database')
}

/** libpq's names first, then those of the original and our own. */
const optionNames: readonly string[] = [
  ...['host', 'port', 'user', 'password', 'dbname', 'application_name', 'fallback_application_name', 'options'],
  ...['connect_timeout', 'client_encoding', 'keepalives', 'target_session_attrs', 'load_balance_hosts'],
  ...tlsOptionNames,
  ...['maxOpenConns', 'maxIdleConns', 'connMaxLifetime', 'connMaxIdleTime', 'timeout', 'bulkThreshold', 'autoCleanup'],
  ...['search_path', 'schemas', 'prepared', 'pool_timeout', 'role_claim', 'anon_role', 'allow_superuser_query'],
]

const minuteMs = 60_000
