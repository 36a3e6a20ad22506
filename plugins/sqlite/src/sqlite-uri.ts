import { nearestName, PluginError } from '@easyrest/protocol'

/** What a connection URI says: `sqlite://<path>[?option=value&...]`. */
export interface SqliteUri {
  /** A file, relative to the working directory, or `:memory:`. */
  readonly path: string
  readonly readOnly: boolean
  readonly busyTimeoutMs: number
  /** Of the cache role: expired entries are deleted every minute. */
  readonly autoCleanup: boolean
  /** PRAGMA statements to run on the connection. */
  readonly pragmas: readonly string[]
}

/** Throws `bad_value` with what was expected. Percent-escapes in the path count, as in SQLite's own file: URIs. */
export const parseSqliteUri = (uri: string): SqliteUri => {
  const match = /^sqlite:\/\/([^?#]+)(?:\?([^#]*))?$/i.exec(uri)
  if (match === null) {
    throw badUri('expected sqlite://<path>[?option=value&...], e.g. sqlite://./data/shop.db; write # in a path as %23')
  }
  const settings = new UriSettings()
  for (const option of (match[2] ?? '').split('&')) if (option !== '') settings.read(option)
  return { path: decode(match[1]!), ...settings.result() }
}

/** A database that each connection has to itself. */
export const isInMemory = (uri: string): boolean => /^sqlite:\/\/:memory:(\?|$)/i.test(uri)

class UriSettings {
  private readOnly = false
  private busyTimeoutMs = 5000
  private autoCleanup = false
  private readonly pragmas: string[] = []

  read(option: string): void {
    const equals = option.indexOf('=')
    const name = decode(equals < 0 ? option : option.slice(0, equals))
    const value = equals < 0 ? '' : decode(option.slice(equals + 1))
    const reader = this.readers.get(name)
    if (reader === undefined) throw unknownOption(name, [...this.readers.keys()])
    reader(name, value)
  }

  result() {
    const { readOnly, busyTimeoutMs, autoCleanup, pragmas } = this
    return { readOnly, busyTimeoutMs, autoCleanup, pragmas }
  }

  private readonly readers = new Map<string, (name: string, value: string) => void>([
    ['autoCleanup', (name, value) => this.setAutoCleanup(name, value)],
    ['busy_timeout', (name, value) => this.setBusyTimeout(name, value)],
    ['mode', (name, value) => this.setMode(name, value)],
    // Parameters of the original's driver (modernc.org/sqlite).
    ['_pragma', (_name, value) => this.addPragma(value)],
    // Writes always begin immediate here, and timestamps have a form of their own: accepted, without effect.
    ['_txlock', (name, value) => void oneOf(name, value, ['deferred', 'immediate', 'exclusive'])],
    ['_time_format', (name, value) => void oneOf(name, value, ['sqlite', 'datetime'])],
    ['cache', (name, value) => void oneOf(name, value, ['private', 'shared'])],
  ])

  private setAutoCleanup(name: string, value: string): void {
    this.autoCleanup = trueWords.includes(oneOf(name, value.toLowerCase(), [...trueWords, ...falseWords]))
  }

  private setBusyTimeout(name: string, value: string): void {
    if (!/^\d{1,7}$/.test(value))
      throw badUri(`expected ${name} in milliseconds, e.g. 5000, got ${JSON.stringify(value)}`)
    this.busyTimeoutMs = Number(value)
  }

  private setMode(name: string, value: string): void {
    this.readOnly = oneOf(name, value, ['ro', 'rw', 'rwc']) === 'ro'
  }

  private addPragma(text: string): void {
    const match = /^\s*(\w+)\s*(?:\(\s*(-?\w+)\s*\)|=\s*(-?\w+))\s*$/.exec(text)
    const name = match?.[1]?.toLowerCase()
    const value = match?.[2] ?? match?.[3]
    if (name === undefined || value === undefined || !pragmaNames.includes(name)) {
      throw badUri(`expected _pragma=name(value) with one of ${pragmaNames.join(', ')}, got ${JSON.stringify(text)}`)
    }
    if (name === 'busy_timeout') this.setBusyTimeout(name, value)
    else this.pragmas.push(`PRAGMA ${name} = ${value}`)
  }
}

const trueWords = ['true', '1', 'yes', 'on']
const falseWords = ['false', '0', 'no', 'off']

const pragmaNames = [
  'busy_timeout',
  'cache_size',
  'foreign_keys',
  'journal_mode',
  'journal_size_limit',
  'mmap_size',
  'synchronous',
  'temp_store',
  'wal_autocheckpoint',
]

const oneOf = (name: string, value: string, allowed: readonly string[]): string => {
  if (allowed.includes(value)) return value
  throw badUri(`expected ${name} to be one of ${allowed.join(', ')}, got ${JSON.stringify(value)}`)
}

const unknownOption = (name: string, valid: readonly string[]): PluginError => {
  const nearest = nearestName(name, valid)
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
  return badUri(`unknown option ${JSON.stringify(name)}${hint} Valid are ${valid.join(', ')}`)
}

const decode = (text: string): string => {
  try {
    const decoded = decodeURIComponent(text)
    if (!decoded.includes('\0')) return decoded
  } catch {
    // The same answer as for the character no path can hold.
  }
  throw badUri(`expected percent-escapes of UTF-8, got ${JSON.stringify(text)}`)
}

const badUri = (problem: string): PluginError => new PluginError('bad_value', `the connection URI is wrong: ${problem}`)
