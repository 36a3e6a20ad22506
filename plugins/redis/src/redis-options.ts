import { PluginError, readDuration, uriOptions } from '@easyrest/plugin'

/** What the options of a connection URI say. */
export interface RedisOptions {
  readonly connectTimeoutMs: number
  /** A connection that owes an answer for so long is given up. */
  readonly answerTimeoutMs: number
  readonly clientName: string | undefined
  readonly keyPrefix: string
  readonly cluster: boolean
  readonly sentinel: SentinelOptions | undefined
  readonly tlsOptions: TlsOptions
}

export interface SentinelOptions {
  /** What the sentinels call the servers. */
  readonly masterName: string
  readonly user: string | undefined
  readonly password: string | undefined
}

/** By the names of the URI's options. */
export interface TlsOptions {
  readonly skip_verify?: true
  readonly ca_file?: string
  readonly cert_file?: string
  readonly key_file?: string
}

/** @param query behind the `?`. Throws `bad_value` with what was expected. */
export const readRedisOptions = (query: string): RedisOptions & { readonly database: number | undefined } => {
  const options = new Map<OptionName, string>()
  for (const [spelling, value] of uriOptions(query, [...optionKinds.keys(), ...spellings.keys()])) {
    const name = spellings.get(spelling) ?? spelling
    if (options.has(name)) throw badUri(`the option ${name} is there twice; remove one`)
    checkValue(name, value)
    options.set(name, value)
  }
  return {
    connectTimeoutMs: durationOf(options.get('dial_timeout') || '2s'),
    answerTimeoutMs: durationOf(options.get('read_timeout') || '1s'),
    clientName: options.get('client_name') || undefined,
    keyPrefix: options.get('key_prefix') ?? '',
    cluster: isTrue(options.get('cluster')),
    sentinel: sentinelIn(options),
    tlsOptions: tlsOptionsIn(options),
    database: options.get('db') ? Number(options.get('db')) : undefined,
  }
}

type OptionName = string
type Kind = 'duration' | 'number' | 'boolean' | 'text'

const optionKinds: ReadonlyMap<OptionName, Kind> = new Map<OptionName, Kind>([
  ['db', 'number'],
  ['dial_timeout', 'duration'],
  ['read_timeout', 'duration'],
  ['client_name', 'text'],
  ['key_prefix', 'text'],
  ['cluster', 'boolean'],
  ['master_name', 'text'],
  ['sentinel_username', 'text'],
  ['sentinel_password', 'text'],
  ['skip_verify', 'boolean'],
  ['ca_file', 'text'],
  ['cert_file', 'text'],
  ['key_file', 'text'],
  // Of the original's driver, for a pool of connections and repeated calls. Here are neither: accepted, without effect.
  ['write_timeout', 'duration'],
  ['protocol', 'number'],
  ['max_retries', 'number'],
  ['min_retry_backoff', 'duration'],
  ['max_retry_backoff', 'duration'],
  ['pool_fifo', 'boolean'],
  ['pool_size', 'number'],
  ['pool_timeout', 'duration'],
  ['min_idle_conns', 'number'],
  ['max_idle_conns', 'number'],
  ['max_active_conns', 'number'],
  ['conn_max_idle_time', 'duration'],
  ['conn_max_lifetime', 'duration'],
  ['idle_timeout', 'duration'],
  ['idle_check_frequency', 'duration'],
  ['max_conn_age', 'duration'],
])

// As the original's documentation writes them, which its driver refuses.
const spellings: ReadonlyMap<string, OptionName> = new Map([
  ['dialTimeout', 'dial_timeout'],
  ['readTimeout', 'read_timeout'],
  ['writeTimeout', 'write_timeout'],
  ['poolSize', 'pool_size'],
  ['minIdleConns', 'min_idle_conns'],
  ['idleTimeout', 'idle_timeout'],
])

const checkValue = (name: OptionName, value: string): void => {
  const { isValid, expected } = kinds[optionKinds.get(name)!]
  // The original's driver takes an empty value for an option that is not there.
  if (value === '' || isValid(value)) return
  throw badUri(`expected ${name} as ${expected}, got ${JSON.stringify(value)}`)
}

const kinds: Readonly<Record<Kind, { isValid(value: string): boolean; expected: string }>> = {
  duration: { isValid: (value) => isTimeout(value), expected: 'a duration such as 500ms, 5s or 2 (seconds)' },
  number: { isValid: (value) => /^-?\d{1,5}$/.test(value), expected: 'a number' },
  boolean: { isValid: (value) => /^(true|false|0|1)$/.test(value), expected: 'true or false' },
  text: { isValid: () => true, expected: 'text' },
}

/** A number without a unit is one of seconds, as for the original's driver. NaN: no duration. */
const durationOf = (text: string): number =>
  /^\d{1,6}$/.test(text) ? Number(text) * 1000 : (readDuration(text) ?? Number.NaN)

// Timers cannot wait longer.
const isTimeout = (value: string): boolean => durationOf(value) > 0 && durationOf(value) < 2 ** 31

const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1'

const sentinelIn = (options: ReadonlyMap<OptionName, string>): SentinelOptions | undefined => {
  const user = options.get('sentinel_username') || undefined
  const password = options.get('sentinel_password') || undefined
  const masterName = options.get('master_name') || undefined
  if (masterName !== undefined) return { masterName, user, password }
  if (user === undefined && password === undefined) return undefined
  throw badUri('sentinel_username or sentinel_password without master_name, which names what the sentinels watch')
}

const tlsOptionsIn = (options: ReadonlyMap<OptionName, string>): TlsOptions => {
  const files = (['ca_file', 'cert_file', 'key_file'] as const).flatMap((name) => {
    const path = options.get(name)
    return path ? [[name, path] as const] : []
  })
  if (options.has('cert_file') !== options.has('key_file')) throw badUri('cert_file and key_file belong together')
  return { ...Object.fromEntries(files), ...(isTrue(options.get('skip_verify')) && { skip_verify: true }) }
}

const badUri = (problem: string): PluginError => new PluginError('bad_value', `the connection URI is wrong: ${problem}`)
