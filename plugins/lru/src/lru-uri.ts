import { PluginError, readDuration, readSize, uriOptions } from '@easyrest/plugin'

/** What a connection URI says: `lru://[?size=...&ttl=...]`. */
export interface LruUri {
  readonly bound: LruBound
  /** Upper bound of every entry's life; Infinity: none. */
  readonly ttlMs: number
}

/** How much is kept: a number of entries, or of bytes as entryBytes counts them. */
export type LruBound = { readonly entries: number } | { readonly bytes: number }

/** Throws `bad_value` with what was expected. */
export const parseLruUri = (uri: string): LruUri => {
  const match = /^lru:\/\/(?:\?([^#]*))?$/i.exec(uri)
  if (match === null) throw badUri('expected lru://[?size=64MB&ttl=5m]')
  const values = new Map<string, string>()
  for (const [name, value] of uriOptions(match[1] ?? '', optionNames)) {
    if (values.has(name)) throw badUri(`the option ${name} is there twice; remove one`)
    values.set(name, value)
  }
  return { bound: parseBound(values.get('size') ?? defaultSize), ttlMs: parseTtl(values.get('ttl')) }
}

const optionNames = ['size', 'ttl']

const defaultSize = '64MB'

const parseBound = (text: string): LruBound => {
  const size = readSize(text)
  if (size === undefined || size === 0) {
    throw badUri(`expected size as a number of entries or with a unit, e.g. 10000 or 64MB, got ${JSON.stringify(text)}`)
  }
  return /^\d+$/.test(text.trim()) ? { entries: size } : { bytes: size }
}

const parseTtl = (text: string | undefined): number => {
  if (text === undefined) return Number.POSITIVE_INFINITY
  const ttlMs = readDuration(text)
  if (ttlMs !== undefined && ttlMs > 0) return ttlMs
  throw badUri(`expected ttl as a duration such as 30s or 5m, got ${JSON.stringify(text)}`)
}

const badUri = (problem: string): PluginError => new PluginError('bad_value', `the connection URI is wrong: ${problem}`)
