import { getHeapStatistics } from 'node:v8'
import {
  type CacheDeleteRequest,
  type CacheGetRequest,
  type CacheGetResponse,
  type CachePlugin,
  type CacheSetRequest,
  type InitConnectionRequest,
  type InitConnectionResponse,
  PluginError,
} from '@easyrest/plugin'
import { LRUCache } from 'lru-cache'
import { entryBytes, overheadBytes } from './entry-bytes.js'
import { lifeClock } from './life-clock.js'
import { type LruBound, parseLruUri } from './lru-uri.js'

/**
 * The cache role in the memory of this process: what was used least recently goes first when it is full. A value that
 * alone is larger than the bound is not kept, and neither is the one it replaces.
 */
export class LruMemory implements CachePlugin {
  private cache: LRUCache<string, string> | undefined
  private longestMs = Number.POSITIVE_INFINITY

  constructor(private readonly clock = lifeClock()) {}

  async initConnection({ uri }: InitConnectionRequest): Promise<InitConnectionResponse> {
    const { bound, ttlMs } = parseLruUri(uri)
    this.cache = new LRUCache({ ...limitsOf(bound), sizeCalculation, ttlResolution: 0, perf: this.clock })
    this.longestMs = ttlMs
    return { server: 'memory' }
  }

  async get({ key }: CacheGetRequest): Promise<CacheGetResponse> {
    return { value: this.entries.get(key) }
  }

  async set({ key, value, ttlMs }: CacheSetRequest): Promise<void> {
    this.entries.set(key, value, { ttl: Math.min(ttlMs, this.longestMs) })
  }

  async delete({ key }: CacheDeleteRequest): Promise<void> {
    this.entries.delete(key)
  }

  private get entries(): LRUCache<string, string> {
    if (this.cache === undefined) throw new PluginError('unavailable', 'InitConnection has not been called')
    return this.cache
  }
}

/** A number of entries is bounded in bytes too, by what the process can keep. */
const limitsOf = (bound: LruBound) => {
  const largest = Math.floor(getHeapStatistics().heap_size_limit / 2)
  const wanted = 'entries' in bound ? bound.entries * overheadBytes : bound.bytes
  if (wanted > largest) throw tooLarge(wanted, largest)
  return 'entries' in bound ? { max: bound.entries, maxSize: largest } : { maxSize: bound.bytes }
}

const sizeCalculation = (value: string, key: string): number => entryBytes(key, value)

// Beyond it V8 would end the process long before the cache is full.
const tooLarge = (wanted: number, largest: number): PluginError =>
  new PluginError(
    'bad_value',
    `the connection URI is wrong: size asks for ${wanted} bytes, and this process can keep ${largest}; ` +
      'take less, or give it more with env: { NODE_OPTIONS: --max-old-space-size=<MiB> }',
  )
