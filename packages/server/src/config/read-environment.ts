import { nearestName } from '@easyrest/protocol'
import { BadValue } from './bad-value.js'
import type { Environment, EnvironmentConnection } from './environment.js'
import { readKopanoEnvironment } from './read-kopano-environment.js'

/** The original's ER_* variables, and those of Kopano's kvs. A variable that is set to nothing counts as not set, as in the original. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const result: Writable = { overrides: [], connections: [], connectionOverrides: [], problems: [], warnings: [] }
  // Sorted, so that messages come in the same order everywhere.
  for (const label of Object.keys(env).sort()) {
    const value = env[label]
    if (label.startsWith('ER_') && value) readVariable(label, value, result)
  }
  const kopano = readKopanoEnvironment(env)
  for (const connection of kopano.connections) addConnection(connection, result)
  result.overrides.push(...kopano.overrides)
  result.problems.push(...kopano.problems)
  result.warnings.push(...kopano.warnings)
  return result
}

type Writable = { -readonly [Key in keyof Environment]: Environment[Key][number][] }

function readVariable(label: string, value: string, result: Writable): void {
  const variable = variables.get(label)
  if (variable !== undefined) return readKnown(label, value, variable, result)
  if (/^ER_(DB|CACHE|USE_QUERY)_./.test(label)) return readConnection(label, value, result)
  if (label !== 'ER_CONFIG_FILE') result.warnings.push(unknownVariable(label))
}

function readKnown(label: string, value: string, variable: Variable, result: Writable): void {
  try {
    result.overrides.push({ key: variable.key, value: variable.read?.(value) ?? value, label })
  } catch (error) {
    if (!(error instanceof BadValue)) throw error
    result.problems.push({ label, message: error.message })
  }
}

/**
 * ER_DB_<NAME>, ER_CACHE_<NAME>, and the settings whose names look like them: ER_CACHE_ENABLE_<NAME> and
 * ER_DB_<NAME>_CACHENAME. A value with :// is a connection, whatever the name looks like.
 */
function readConnection(label: string, value: string, result: Writable): void {
  const setting = value.includes('://') ? undefined : connectionSetting(label)
  if (setting !== undefined) {
    result.connectionOverrides.push({ ...setting, value, label })
    return
  }
  const [, kind, name] = /^ER_(DB|CACHE)_(.+)$/.exec(label) ?? []
  if (kind === undefined) {
    result.problems.push({ label, message: 'expected 1 or 0, received a connection URI' })
    return
  }
  const connection = { name: name!.toLowerCase(), uri: value, label, kind: kind.toLowerCase() as 'db' | 'cache' }
  addConnection(connection, result)
}

function connectionSetting(label: string): { connection: string; key: string } | undefined {
  const forms: [RegExp, string][] = [
    [/^ER_CACHE_ENABLE_(.+)$/, 'enable_cache'],
    [/^ER_USE_QUERY_(.+)$/, 'use_query'],
    [/^ER_DB_(.+)_CACHENAME$/, 'cache_name'],
  ]
  for (const [form, key] of forms) {
    const name = form.exec(label)?.[1]
    if (name !== undefined) return { connection: name.toLowerCase(), key }
  }
  return undefined
}

/** In the original the later of two entries of one name replaced the other, in the order of the environment. */
function addConnection(connection: EnvironmentConnection, result: Writable): void {
  const index = result.connections.findIndex(({ name }) => name === connection.name)
  const other = result.connections[index]
  if (other === undefined) result.connections.push(connection)
  else if (other.uri !== connection.uri) {
    const message = `${other.label} defines the connection "${other.name}" with another URI; rename one of the two`
    result.problems.push({ label: connection.label, message })
  } else if (connection.kind === 'db') result.connections[index] = connection
}

function unknownVariable(label: string): string {
  const near = nearestName(label, [...variables.keys(), 'ER_CONFIG_FILE'])
  return `${label}: unknown variable, not used${near === undefined ? '' : `; did you mean ${near}?`}`
}

interface Variable {
  readonly key: string
  readonly read?: (value: string) => unknown
}

const variables = new Map<string, Variable>([
  ['ER_PORT', { key: 'port' }],
  ['ER_HOST', { key: 'host' }],
  ['ER_CHECK_SCOPE', { key: 'check_scope' }],
  ['ER_TOKEN_SECRET', { key: 'token_secret' }],
  ['ER_TOKEN_USER_SEARCH', { key: 'token_user_search' }],
  ['ER_TOKEN_CACHE_TTL', { key: 'token_cache_ttl' }],
  ['ER_TOKEN_AUTHFLOW', { key: 'auth_flow' }],
  ['ER_TOKEN_AUTHURL', { key: 'token_url' }],
  ['ER_ANON_CLAIMS', { key: 'anon_claims', read: readClaims }],
  ['ER_NO_PLUGIN_LOG', { key: 'plugin_log', read: readInverted }],
  ['ER_ACCESSLOG', { key: 'access_log' }],
  ['ER_DEFAULT_TIMEZONE', { key: 'default_timezone' }],
  ['ER_CORS_ENABLED', { key: 'cors.enabled' }],
  ['ER_CORS_ORIGINS', { key: 'cors.origins', read: splitList }],
  ['ER_CORS_METHODS', { key: 'cors.methods', read: splitList }],
  ['ER_CORS_HEADERS', { key: 'cors.headers', read: splitList }],
  ['ER_CORS_MAX_AGE', { key: 'cors.max_age' }],
  ['ER_TLS_CERT_FILE', { key: 'tls_cert_file' }],
  ['ER_TLS_KEY_FILE', { key: 'tls_key_file' }],
  ['ER_PLUGINS', { key: 'plugin_configs', read: splitList }],
  ...[
    ...['read_timeout', 'write_timeout', 'idle_timeout', 'read_header_timeout', 'keep_alive_period'],
    ...['max_header_bytes', 'max_body_size'],
    ...['trusted_proxy_mode', 'trusted_proxy_count', 'trusted_proxy_header'],
  ].map((name): [string, Variable] => [`ER_SERVER_${name.toUpperCase()}`, { key: `server.${name}` }]),
  ...[
    ...['max_concurrent_streams', 'max_read_frame_size', 'max_upload_buffer_per_connection'],
    ...['max_upload_buffer_per_stream', 'idle_timeout', 'read_idle_timeout', 'ping_timeout'],
    ...['permit_prohibited_cipher_suites'],
  ].map((name): [string, Variable] => [`ER_HTTP2_${name.toUpperCase()}`, { key: `server.http2_${name}` }]),
])

export const variableNames: readonly string[] = [...variables.keys()]

export function splitList(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** 1 means no log lines; everything else is a word that the schema reads or refuses. */
function readInverted(value: string): boolean | string {
  const opposite = new Map<string, boolean>([
    ...['1', 'true', 'yes', 'on'].map((word) => [word, false] as const),
    ...['0', 'false', 'no', 'off'].map((word) => [word, true] as const),
  ])
  return opposite.get(value.trim().toLowerCase()) ?? value
}

function readClaims(value: string): unknown {
  try {
    return JSON.parse(value, refuseHostileKey)
  } catch (error) {
    if (error instanceof BadValue) throw error
    throw new BadValue('expected claims as a JSON object such as {"role":"guest"}')
  }
}

function refuseHostileKey(key: string, value: unknown): unknown {
  if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
    throw new BadValue(`the key "${key}" is not allowed`)
  }
  return value
}
