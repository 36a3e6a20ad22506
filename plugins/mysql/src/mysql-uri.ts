import { isIP } from 'node:net'
import { uriOptions } from '@easyrest/protocol'
import { hostOf, type MysqlHost } from './mysql-host.js'
import { badUri, decodePart } from './uri-part.js'

/** What a connection URI says: `mysql://user:password@host:port[,host:port]/database[?option=value&...]`. */
export interface MysqlUri {
  readonly hosts: readonly MysqlHost[]
  readonly user: string
  readonly password: string
  readonly database: string
  readonly tls: TlsMode
  /** Files of certificates, and of the key that goes with the client's. */
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  /** Which of the hosts will do. */
  readonly target: 'any' | 'read-write' | 'read-only'
  readonly maxOpenConns: number
  readonly maxIdleConns: number
  readonly connMaxLifetimeMs: number
  readonly connMaxIdleTimeMs: number
  /** For connecting to one host, and for waiting for a free connection. */
  readonly timeoutMs: number
  readonly autoCleanup: boolean
  /** Further parts of the request's context to set as variables, e.g. claims_tenant. */
  readonly contextVariables: readonly string[]
  /** Clients may send queries although the account may write files or rule the server. */
  readonly allowSuperuserQuery: boolean
}

/** How much TLS proves: nothing is encrypted, what the server offers, a certificate of the CA, for this host. */
export type TlsMode = 'disabled' | 'preferred' | 'required' | 'verify-ca' | 'verify-identity'

/** Throws `bad_value` with what was expected; never with the password. */
export const parseMysqlUri = (uri: string): MysqlUri => {
  const match = /^(?:mysql|mariadb):\/\/(?:([^/?#]*)@)?((?:\([^)?#@]*\)|[^/?#@(])*)\/([^/?#]+)(?:\?([^#]*))?$/i.exec(
    uri,
  )
  if (match === null) {
    throw badUri(
      'expected mysql://user:password@host:3306/database[?option=value&...]; write @, /, ? and # as %40, %2F, %3F, %23',
    )
  }
  const [, credentials = '', hosts = '', database = '', query = ''] = match
  const [user, password] = userOf(credentials)
  const settings = new Settings()
  const options = uriOptions(query, settings.names)
  const repeated = options.find(([name], index) => options.findIndex(([other]) => other === name) < index)
  if (repeated !== undefined) throw badUri(`the option ${repeated[0]} is there twice; remove one`)
  for (const [name, value] of options) settings.read(name, value)
  const places = settings.socket ?? hosts.split(',').map(hostOf)
  checkIdentity(settings.values.tls, places)
  return { ...settings.values, hosts: places, user, password, database: decodePart(database) }
}

// The driver would compare the certificate with `localhost`.
const checkIdentity = (tls: TlsMode, hosts: readonly MysqlHost[]): void => {
  const address = hosts.find((place) => 'host' in place && isIP(place.host) !== 0)
  if (tls !== 'verify-identity' || address === undefined) return
  throw badUri(
    'ssl-mode=VERIFY_IDENTITY proves the name of a host, and the URI has an address; name the host, or use VERIFY_CA',
  )
}

type Values = Omit<MysqlUri, 'hosts' | 'user' | 'password' | 'database'>
type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

class Settings {
  socket: readonly MysqlHost[] | undefined
  readonly values: Mutable<Values> = {
    tls: 'preferred',
    ca: undefined,
    cert: undefined,
    key: undefined,
    target: 'any',
    maxOpenConns: 20,
    maxIdleConns: 20,
    connMaxLifetimeMs: 5 * minuteMs,
    connMaxIdleTimeMs: 10 * minuteMs,
    timeoutMs: 30_000,
    autoCleanup: true,
    contextVariables: [],
    allowSuperuserQuery: false,
  }

  private readonly readers = new Map<string, (value: string) => void>([
    // Names of the original.
    ['maxOpenConns', (value) => this.set('maxOpenConns', numberOf('maxOpenConns', value, 1, 1000))],
    ['maxIdleConns', (value) => this.set('maxIdleConns', numberOf('maxIdleConns', value, 0, 1000))],
    ['connMaxLifetime', (value) => this.set('connMaxLifetimeMs', timeOf('connMaxLifetime', value, minuteMs))],
    ['connMaxIdleTime', (value) => this.set('connMaxIdleTimeMs', timeOf('connMaxIdleTime', value, minuteMs))],
    ['timeout', (value) => this.set('timeoutMs', timeOf('timeout', value, 1000))],
    ['autoCleanup', (value) => this.set('autoCleanup', flagOf('autoCleanup', value))],
    // Of its driver: TLS counts; the others ask for what this plugin does anyhow, and change nothing.
    ['tls', (value) => this.set('tls', tlsWords[oneOf('tls', value, ['true', 'false', 'skip-verify', 'preferred'])]!)],
    ...driverOptions.map((name): [string, () => void] => [name, () => {}]),
    // Names of the database's own programs.
    ['ssl-mode', (value) => this.set('tls', sslModes[oneOf('ssl-mode', value.toUpperCase(), Object.keys(sslModes))]!)],
    ['ssl-ca', (value) => this.set('ca', pathOf('ssl-ca', value))],
    ['ssl-cert', (value) => this.set('cert', pathOf('ssl-cert', value))],
    ['ssl-key', (value) => this.set('key', pathOf('ssl-key', value))],
    ['socket', (value) => this.setSocket(pathOf('socket', value))],
    // As with PostgreSQL.
    ['target_session_attrs', (value) => this.set('target', targetOf(value))],
    ['context', (value) => this.set('contextVariables', value.split(',').map(variableName))],
    ['allow_superuser_query', (value) => this.set('allowSuperuserQuery', flagOf('allow_superuser_query', value))],
  ])

  get names(): string[] {
    return [...this.readers.keys()]
  }

  read(name: string, value: string): void {
    this.readers.get(name)!(value)
  }

  private setSocket(socketPath: string): void {
    this.socket = [{ socketPath }]
  }

  private set<Key extends keyof Values>(key: Key, value: Values[Key]): void {
    this.values[key] = value
  }
}

const minuteMs = 60_000

const driverOptions = [
  ...['allowNativePasswords', 'charset', 'checkConnLiveness', 'clientFoundRows', 'collation', 'columnsWithAlias'],
  ...['interpolateParams', 'loc', 'maxAllowedPacket', 'parseTime', 'readTimeout', 'rejectReadOnly', 'writeTimeout'],
]

const tlsWords: Readonly<Record<string, TlsMode>> = {
  true: 'verify-identity',
  false: 'disabled',
  'skip-verify': 'required',
  preferred: 'preferred',
}

const sslModes: Readonly<Record<string, TlsMode>> = {
  DISABLED: 'disabled',
  PREFERRED: 'preferred',
  REQUIRED: 'required',
  VERIFY_CA: 'verify-ca',
  VERIFY_IDENTITY: 'verify-identity',
}

const userOf = (credentials: string): [user: string, password: string] => {
  const colon = credentials.indexOf(':')
  if (colon < 0) return [decodePart(credentials), '']
  return [decodePart(credentials.slice(0, colon)), decodePart(credentials.slice(colon + 1))]
}

const numberOf = (name: string, value: string, least: number, most: number): number => {
  const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN
  if (number >= least && number <= most) return number
  throw badUri(`expected ${name} to be an integer from ${least} to ${most}, got ${JSON.stringify(value)}`)
}

/** An integer in the unit of the original, or with a unit of its own. */
const timeOf = (name: string, value: string, unitMs: number): number => {
  const [, digits, unit] = /^(\d{1,6})(ms|s|m|h)?$/.exec(value) ?? []
  const ms = Number(digits) * (unit === undefined ? unitMs : units[unit]!)
  if (ms > 0) return ms
  throw badUri(`expected ${name} to be a time above 0 such as 30s or 5m, got ${JSON.stringify(value)}`)
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: minuteMs, h: 60 * minuteMs }

const flagOf = (name: string, value: string): boolean =>
  ['true', '1'].includes(oneOf(name, value.toLowerCase(), ['true', '1', 'false', '0']))

const targetOf = (value: string): MysqlUri['target'] => {
  const word = oneOf('target_session_attrs', value, ['any', 'read-write', 'primary', 'read-only', 'standby'])
  return word === 'any' ? 'any' : word === 'read-write' || word === 'primary' ? 'read-write' : 'read-only'
}

const pathOf = (name: string, value: string): string => {
  if (value !== '') return value
  throw badUri(`expected ${name} to be the path of a file, got nothing`)
}

const variableName = (name: string): string => {
  if (/^[a-z][a-z0-9_]{0,47}$/.test(name)) return name
  throw badUri(`expected context to list names such as claims_tenant,headers_x_shop, got ${JSON.stringify(name)}`)
}

const oneOf = (name: string, value: string, allowed: readonly string[]): string => {
  if (allowed.includes(value)) return value
  throw badUri(`expected ${name} to be one of ${allowed.join(', ')}, got ${JSON.stringify(value)}`)
}
