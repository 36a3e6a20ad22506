import type { Capability, PluginInfo, Role } from '@easyrest/protocol'
import type { CachePlugin } from './cache-plugin.js'
import type { DBPlugin } from './db-plugin.js'
import { sdk } from './sdk.js'
import type { ServeOptions } from './serve-options.js'

/** What GetInfo answers. */
export const describePlugin = ({ name, version, schemes, db, cache, limits }: ServeOptions): PluginInfo => ({
  name,
  version,
  schemes,
  roles: [...(db ? (['db'] satisfies Role[]) : []), ...(cache ? (['cache'] satisfies Role[]) : [])],
  capabilities: [
    ...new Set(['session' as const, ...(db ? dbCapabilities(db) : []), ...(cache ? cacheCapabilities(cache) : [])]),
  ],
  limits: limits && { maxInFlight: limits.maxInFlight ?? 0, maxMessageBytes: limits.maxMessageBytes ?? 0 },
  sdk,
})

/** Those it names, and those that follow from its optional methods. */
export const dbCapabilities = (db: DBPlugin): Capability[] => [
  ...(db.capabilities ?? []),
  ...methodCapabilities.filter(([method]) => db[method] !== undefined).map(([, capability]) => capability),
]

const methodCapabilities = [
  ['callFunction', 'functions'],
  ['tableGetStream', 'stream'],
  ['query', 'query'],
  ['ensureTable', 'ensure_table'],
  ['tableBatch', 'batch'],
] as const satisfies readonly (readonly [keyof DBPlugin, Capability])[]

const cacheCapabilities = (cache: CachePlugin): Capability[] => (cache.delete ? ['cache_delete'] : [])
