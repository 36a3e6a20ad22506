import type { CacheClient } from '@easyrest/host'
import type { ConnectionConfig } from '../config/config.js'
import type { Observe } from '../observe/observation.js'
import { CachePatience } from './cache-patience.js'
import { TableVersions } from './table-versions.js'
import { UnknownVersions } from './unknown-versions.js'

/** The table versions of a connection; undefined: it keeps none. @param previous those of the configuration before */
export const openVersions = (
  key: string,
  { enableCache, cacheName, cacheTtlMs, cacheInvalidationMap, limits }: ConnectionConfig,
  cacheOf: (name: string) => CacheClient,
  observe: Observe,
  previous: TableVersions | undefined,
): TableVersions | undefined => {
  if (!enableCache || cacheName === undefined) return undefined
  return new TableVersions({
    connection: key,
    cache: cacheOf(cacheName),
    ttlMs: cacheTtlMs,
    graceMs: limits.timeoutMs,
    invalidates: cacheInvalidationMap,
    patience: new CachePatience((error) =>
      observe({ kind: 'cache-changed', connection: key, cache: cacheName, error }),
    ),
    // What a write has left behind is true under the next configuration too.
    unknown: previous?.unknown ?? new UnknownVersions(cacheTtlMs),
  })
}
