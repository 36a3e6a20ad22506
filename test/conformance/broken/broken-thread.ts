import { SqliteCache, SqliteDB } from 'easyrest-plugin-sqlite'
import { namedDefect } from './named-defect.js'

// What each thread of a threaded broken plugin runs.
const { db = (it) => it, cache = (it) => it } = namedDefect()

export const createDb = () => db(new SqliteDB())
export const createCache = () => cache(new SqliteCache())
