export { SqliteCache } from './sqlite-cache.js'
export { SqliteDB } from './sqlite-db.js'
