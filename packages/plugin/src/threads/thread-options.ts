import type { Method } from '@easyrest/protocol'

/**
 * Worker threads for a driver that blocks: one thread that writes, and readers, so that a long query stops neither the
 * process nor other readers.
 */
export interface ThreadOptions {
  /**
   * The module each thread loads. It exports `createDb(): DBPlugin`, `createCache(): CachePlugin`, or both; each thread
   * has instances of its own, whose initConnection is called with the same URI.
   */
  readonly module: URL
  /** True for a database that lives in one connection (in memory): then one thread does everything. */
  readonly alone?: (uri: string) => boolean
  /**
   * Methods of the database that do not block, because another process does their work. `db` serves them in the main
   * thread, where its initConnection is called too.
   */
  readonly inMain?: readonly Method[]
}

/** What `ThreadOptions.module` exports. */
export interface ThreadModule {
  readonly createDb?: () => import('../db-plugin.js').DBPlugin
  readonly createCache?: () => import('../cache-plugin.js').CachePlugin
}
