import { connectionScheme, isIdentifier } from '@easyrest/protocol'
import { z } from 'zod'
import { BadValue } from './bad-value.js'
import { dbTxEnds, loginFlows, tlsUses, trustedProxyModes } from './config.js'
import { kvPresets } from './kv-config.js'
import { parseBoolean } from './parse-boolean.js'
import { parseDuration } from './parse-duration.js'
import { parseListenAddress } from './parse-listen-address.js'
import { parseSize } from './parse-size.js'
import { parseTimezone } from './parse-timezone.js'

/** Every key of the configuration file, with its default. Only the form of each value is checked here. */
export const configSchema = z.strictObject({
  port: leaf(integer(0, 65_535)).default(8080),
  host: leaf(host).default('127.0.0.1'),
  tls_enabled: leaf(parseBoolean).default(false),
  tls_cert_file: leaf(optionalText).optional(),
  tls_key_file: leaf(optionalText).optional(),
  admin: section({ listen: leaf(parseListenAddress), allow_remote: leaf(parseBoolean).default(false) }).optional(),
  workers: leaf(integer(1, 256)).default(1),

  token_secret: leaf(secret).optional(),
  auth_plugins: section({
    jwt: section({ path: leaf(noPath).optional(), settings: jwtSettings().prefault({}) }).prefault({}),
  }).prefault({}),
  check_scope: leaf(parseBoolean).default(true),
  token_url: leaf(webUrl).optional(),
  auth_flow: leaf(choice(loginFlows)).optional(),
  token_user_search: leaf(text).default('sub'),
  token_cache_ttl: leaf(cacheSeconds).default(Number.POSITIVE_INFINITY),
  anon_claims: mapOf(z.unknown()).prefault({}),

  access_log: leaf(parseBoolean).default(false),
  plugin_log: leaf(parseBoolean).default(true),
  default_timezone: leaf(parseTimezone).default('UTC'),
  default_limit: leaf(integer(0)).default(0),
  max_limit: leaf(integer(0)).default(0),

  cors: section({
    enabled: leaf(parseBoolean).default(false),
    origins: listOf(corsOrigin).prefault([]),
    methods: listOf(methodName).prefault(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'OPTIONS']),
    headers: listOf(headerName).prefault([
      ...['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'Prefer', 'Range', 'Range-Unit'],
      ...['X-KV-Meta', 'X-Requested-With'],
    ]),
    max_age: leaf(seconds).default(86_400_000),
    credentials: leaf(parseBoolean).default(false),
  }).prefault({}),
  context: section({ headers: listOf(headerName).optional() }).prefault({}),
  server: serverSection().prefault({}),

  plugin_dirs: listOf(text).prefault([]),
  plugin_configs: listOf(text).prefault([]),
  plugins: mapOf(connectionEntry()).prefault({}),
  kv: kvSection().optional(),

  otel: ignored(),
})

export type ParsedConfig = z.output<typeof configSchema>
export type ParsedConnection = ParsedConfig['plugins'][string]

function jwtSettings() {
  return section({
    jwt_secret: leaf(secret).optional(),
    keys: listOfSections({ kid: leaf(text).optional(), file: leaf(text) }).prefault([]),
    jwks_url: leaf(keySetUrl).optional(),
    audience: oneOrMore(text).prefault([]),
    issuer: oneOrMore(text).prefault([]),
    leeway: leaf(duration).default(30_000),
    token_type: leaf(text).default('Bearer'),
    token_endpoint: leaf(webUrl).optional(),
    authorization_endpoint: leaf(webUrl).optional(),
    flow: leaf(choice(loginFlows)).optional(),
  })
}

function serverSection() {
  return section({
    max_body_size: leaf(parseSize).default(10_000_000),
    max_url_bytes: leaf(parseSize).default(8192),
    max_header_bytes: leaf(parseSize).default(65_536),
    request_timeout: leaf(duration).default(30_000),
    read_timeout: leaf(duration).default(30_000),
    read_header_timeout: leaf(duration).default(5000),
    idle_timeout: leaf(duration).default(120_000),
    drain_timeout: leaf(duration).default(30_000),
    trusted_proxy_mode: leaf(choice(trustedProxyModes)).default('none'),
    trusted_proxy_count: leaf(integer(1, 100)).default(1),
    trusted_proxy_header: leaf(headerName).default('X-Real-IP'),
    write_timeout: ignored(),
    keep_alive_period: ignored(),
    http2_max_concurrent_streams: ignored(),
    http2_max_read_frame_size: ignored(),
    http2_max_upload_buffer_per_connection: ignored(),
    http2_max_upload_buffer_per_stream: ignored(),
    http2_idle_timeout: ignored(),
    http2_read_idle_timeout: ignored(),
    http2_ping_timeout: ignored(),
    http2_permit_prohibited_cipher_suites: ignored(),
  })
}

function connectionEntry() {
  return section({
    name: leaf(text).optional(),
    uri: leaf(connectionUri),
    path: leaf(optionalText).optional(),
    sha256: leaf(sha256).optional(),
    tls: leaf(choice(tlsUses)).default('auto'),
    title: leaf(text).default('EasyREST API'),
    enable_cache: leaf(parseBoolean).default(false),
    cache_name: leaf(optionalText).optional(),
    cache_ttl: leaf(positiveDuration).default(86_400_000),
    cache_invalidation_map: mapOf(listOf(tableName), tableName).prefault({}),
    use_query: leaf(parseBoolean).default(false),
    db_tx_end: leaf(choice(dbTxEnds)).default('commit-allow-override'),
    default_limit: leaf(integer(0)).optional(),
    max_limit: leaf(integer(0)).optional(),
    aggregates: leaf(parseBoolean).default(true),
    public: nameLists().prefault({}),
    exclude: nameLists().prefault({}),
    allow: nameLists().prefault({}),
    env: mapOf(leaf(variableValue), variableName).prefault({}),
    env_pass: listOf(variableName).prefault([]),
    instances: leaf(integer(1, 64)).default(1),
    limits: section({
      timeout: leaf(positiveDuration).default(30_000),
      start_timeout: leaf(positiveDuration).default(10_000),
      in_flight: leaf(integer(1, 100_000)).default(64),
      queue: leaf(integer(0, 100_000)).default(256),
      wait: leaf(duration).default(1000),
      stream: leaf(positiveDuration).default(600_000),
    }).prefault({}),
  })
}

function nameLists() {
  return section({ table: listOf(text).prefault([]), func: listOf(text).prefault([]) })
}

function kvSection() {
  return section({
    connection: leaf(text),
    preset: leaf(choice(kvPresets)).default('kopano'),
    allow_cors: leaf(parseBoolean).default(false),
    auto_create: leaf(parseBoolean).default(true),
    strict_json: leaf(parseBoolean).default(true),
    recursive_delete: leaf(parseBoolean).default(false),
    cleanup_interval: leaf(duration).default(60_000),
    realms: mapOf(section({ read: listOf(text).prefault([]), write: listOf(text).prefault([]) })).prefault({}),
    claims: section({
      user: listOf(text).prefault(['kc.identity.kc.i.id', 'sub']),
      client: listOf(text).prefault(['aud', 'azp', 'client_id']),
      scopes: listOf(text).prefault(['kc.authorizedScopes', 'scope', 'scp']),
    }).prefault({}),
    limits: section({
      max_value_size: leaf(parseSize).default(16_384),
      max_key_size: leaf(parseSize).default(512),
      max_metadata_size: leaf(parseSize).default(1024),
      max_page: leaf(integer(1, 1000)).default(500),
      max_answer_size: leaf(parseSize).default(16_777_216),
      max_batch: leaf(integer(1, 10_000)).default(10_000),
      max_batch_size: leaf(parseSize).default(8_192_000),
      max_mget: leaf(integer(1, 1000)).default(100),
      max_txn: leaf(integer(1, 1000)).default(128),
      wait: leaf(duration).default(5000),
    }).prefault({}),
  })
}

// Building blocks.

/** A single value, read by a function that throws BadValue. */
function leaf<T>(parse: (value: unknown) => T) {
  return z.unknown().transform((value, context): T => {
    try {
      if (value === undefined) throw new BadValue('this key is required and missing', { hidden: true })
      return parse(value)
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      context.addIssue({ code: 'custom', message: error.message, params: { hidden: error.hidden } })
      return z.NEVER
    }
  })
}

/** A mapping with these keys and no others. `cors:` with nothing below it is an empty one. */
function section<const T extends z.core.$ZodLooseShape>(shape: T) {
  return z.preprocess((value) => value ?? {}, z.strictObject(shape))
}

/** A mapping whose keys the operator chooses. */
function mapOf<T extends z.ZodType>(values: T, parseKey: (value: unknown) => string = (key) => String(key)) {
  const keys = z.string().superRefine((key, context) => {
    const problem = keyProblem(key, parseKey)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
  })
  return z.preprocess((value) => value ?? {}, z.record(keys, values))
}

function keyProblem(key: string, parseKey: (value: unknown) => string): string | undefined {
  try {
    parseKey(key)
    return undefined
  } catch (error) {
    return error instanceof BadValue ? error.message : String(error)
  }
}

function listOf<T>(parse: (value: unknown) => T) {
  return z.preprocess((value) => value ?? [], z.array(leaf(parse)))
}

function listOfSections<const T extends z.core.$ZodLooseShape>(shape: T) {
  return z.preprocess((value) => value ?? [], z.array(section(shape)))
}

function oneOrMore<T>(parse: (value: unknown) => T) {
  return z.preprocess((value) => (Array.isArray(value) ? value : [value ?? []].flat()), z.array(leaf(parse)))
}

/** A key of the original that has no effect here: ignored-keys.ts says why. */
function ignored() {
  return z.unknown().optional()
}

// Single values.

function text(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw new BadValue(typeof value === 'string' ? 'expected text that is not empty' : 'expected text (put it in quotes)')
}

/** `path: ""` means the same as no path. */
function optionalText(value: unknown): string | undefined {
  return value === '' || value === null ? undefined : text(value)
}

function webUrl(value: unknown): string | undefined {
  const url = optionalText(value)
  if (url === undefined || (/^https?:\/\//.test(url) && URL.canParse(url))) return url
  throw new BadValue('expected a URL such as https://id.example.com/token')
}

function integer(min: number, max = Number.MAX_SAFE_INTEGER): (value: unknown) => number {
  return (value) => {
    const number = typeof value === 'string' && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value
    if (Number.isSafeInteger(number) && (number as number) >= min && (number as number) <= max) return number as number
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
    throw new BadValue(`expected a whole number ${range}`)
  }
}

function choice<const T extends string>(choices: readonly T[]): (value: unknown) => T {
  return (value) => {
    const found = choices.find((candidate) => candidate === value)
    if (found !== undefined) return found
    throw new BadValue(`expected ${choices.join(' or ')}`)
  }
}

function duration(value: unknown): number {
  return parseDuration(value)
}

function positiveDuration(value: unknown): number {
  const ms = parseDuration(value)
  if (ms === 0) throw new BadValue('expected a duration longer than 0')
  return ms
}

function seconds(value: unknown): number {
  return parseDuration(value, { bare: 'seconds' })
}

/** -1 is off and 0 is for ever, as in the original. */
function cacheSeconds(value: unknown): number {
  if (value === -1 || value === '-1') return 0
  const ms = seconds(value)
  return ms === 0 ? Number.POSITIVE_INFINITY : ms
}

function host(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z0-9._:%-]+$/.test(value)) return value
  throw new BadValue('expected a host name or address such as 127.0.0.1, 0.0.0.0 (every IPv4 interface) or ::')
}

const minSecretBytes = 32

/** RFC 7518 3.2 asks for a key as long as the hash; shorter ones can be guessed offline from one token. */
function secret(value: unknown): string {
  if (typeof value !== 'string') throw new BadValue('expected text (put it in quotes)', { hidden: true })
  const bytes = Buffer.byteLength(value)
  if (bytes >= minSecretBytes) return value
  const expected = `expected a secret of at least ${minSecretBytes} bytes, received ${bytes}`
  throw new BadValue(`${expected}; make one with: openssl rand -base64 48`, { hidden: true })
}

function noPath(value: unknown): undefined {
  if (value === '' || value === null) return undefined
  throw new BadValue('external authentication plugins are not built yet; remove this key to use the built-in jwt', {
    hidden: true,
  })
}

/** Whoever can change what comes from it can sign tokens, so it is https. The value may hold a secret. */
function keySetUrl(value: unknown): string | undefined {
  const text = optionalText(value)
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') return url.href
  throw new BadValue('expected an https URL without a password, such as https://id.example.com/jwks.json', {
    hidden: true,
  })
}

function connectionUri(value: unknown): string {
  if (typeof value !== 'string') throw new BadValue('expected a connection URI such as sqlite://./data.db')
  // The value itself stays out of the texts: it may hold a password.
  if (!value.includes('://')) {
    throw new BadValue('expected a connection URI such as sqlite://./data.db, received text without "://"', {
      hidden: true,
    })
  }
  if (connectionScheme(value) !== undefined) return value
  throw new BadValue('expected a scheme of letters, digits, "+", "." and "-" before "://"', { hidden: true })
}

function sha256(value: unknown): string | undefined {
  if (value === '' || value === null) return undefined
  const [, digest] = typeof value === 'string' ? (/^(?:sha256:)?([0-9a-f]{64})$/i.exec(value) ?? []) : []
  if (digest === undefined) throw new BadValue('expected a SHA-256 of 64 hexadecimal digits')
  return digest.toLowerCase()
}

/** `*` is every one. */
function tableName(value: unknown): string {
  if (typeof value === 'string' && (value === '*' || isIdentifier(value))) return value
  throw new BadValue('expected the name of a table or function, or "*"')
}

function variableName(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return value
  throw new BadValue('expected the name of an environment variable (letters, digits and "_")')
}

/** YAML turns 1 and true into other things than text; 1.0 would become "1", so it needs quotes. */
function variableValue(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return String(value)
  throw new BadValue('expected text (put it in quotes)')
}

function headerName(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(value)) return value
  throw new BadValue('expected the name of a header')
}

function methodName(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z]+$/.test(value)) return value.toUpperCase()
  throw new BadValue('expected an HTTP method such as GET')
}

/** Browsers send exactly scheme://host[:port]; anything longer would never match. */
function corsOrigin(value: unknown): string {
  if (typeof value === 'string' && /^(\*|null|[a-z][a-z0-9+.-]*:\/\/[^/?#\s@]+)$/.test(value)) return value
  throw new BadValue('expected "*" or an origin such as https://app.example.com, without a path')
}
