import { createCacheOperations } from './cache-service.js'
import { createDbService, type DbService } from './db-service.js'
import type { Operations } from './dispatch.js'
import { log } from './log.js'
import type { ServeOptions } from './serve-options.js'

/** What a plugin serves, between bytes; a role that it does not have is undefined. */
export interface Services {
  readonly db: DbService | undefined
  readonly cache: Operations | undefined
  /** Called once, after the last call has ended. */
  close(): Promise<void>
}

/** The roles served on the thread that calls them. */
export const createServices = ({ db, cache, schemes }: ServeOptions): Services => ({
  db: db && createDbService(db, schemes),
  cache: cache && createCacheOperations(cache, schemes),
  close: async () => {
    await Promise.all([close('db', db), close('cache', cache)])
  },
})

const close = async (role: string, plugin: { close?(): Promise<void> } | undefined): Promise<void> => {
  try {
    await plugin?.close?.()
  } catch (error) {
    log.error(`close of ${role} failed`, { error: error instanceof Error ? error.stack : String(error) })
  }
}
