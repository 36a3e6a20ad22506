import { SqliteCache } from './sqlite-cache.js'
import { SqliteDB } from './sqlite-db.js'

/** What each worker thread of the plugin runs: connections of its own. */
export const createDb = (): SqliteDB => new SqliteDB()

export const createCache = (): SqliteCache => new SqliteCache()
