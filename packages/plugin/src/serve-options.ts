import type { PluginLimits } from '@easyrest/protocol'
import type { CachePlugin } from './cache-plugin.js'
import type { DBPlugin } from './db-plugin.js'
import type { ThreadOptions } from './threads/thread-options.js'

/** A plugin program: who it is, and at least one of the two roles. */
export interface ServeOptions {
  /** For logs and status pages. */
  readonly name: string
  readonly version: string
  /** Schemes of the connection URIs it accepts, without `://`. */
  readonly schemes: readonly string[]
  readonly db?: DBPlugin
  readonly cache?: CachePlugin
  /** For drivers that block: `db` and `cache` then only describe themselves, and the calls run in worker threads. */
  readonly threads?: ThreadOptions
  /** Announced to the host, which keeps to them; absent or 0: no limit of its own, and 64 MiB for a message. */
  readonly limits?: Partial<PluginLimits>
}
