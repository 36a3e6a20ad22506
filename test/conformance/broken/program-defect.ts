import type { CachePlugin, DBPlugin, ServeOptions } from '@easyrest/plugin'

/** What may be wrong with a plugin program; the rest of it stays the SQLite plugin. */
export interface ProgramDefect {
  readonly db?: (db: DBPlugin) => DBPlugin
  readonly cache?: (cache: CachePlugin) => CachePlugin
  readonly options?: (options: ServeOptions) => ServeOptions
  /** gRPC handlers by the names of their methods, in place of those of the SDK. */
  readonly handlers?: Readonly<Record<string, (original: Handler) => Handler>>
  /** Done to the process before it serves, and after its handshake. */
  readonly before?: () => void | Promise<void>
  readonly after?: () => void
  /** The roles run in threads, as those of the SQLite plugin: a slow query then blocks nobody. */
  readonly threaded?: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: unary and streaming handlers of every message
export type Handler = (call: any, reply?: any) => void
