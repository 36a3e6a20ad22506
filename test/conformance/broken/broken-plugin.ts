import { type ServeOptions, serve } from '@easyrest/plugin'
import { SqliteCache, SqliteDB } from 'easyrest-plugin-sqlite'
import { namedDefect } from './named-defect.js'
import { replaceHandlers } from './replace-handlers.js'

// The SQLite plugin with one defect, named by DEFECT: the conformance suite must notice each.

const same = <T>(it: T): T => it
const { db = same, cache = same, options = same, handlers = {}, before, after, threaded } = namedDefect()
await before?.()
replaceHandlers(handlers)
const whole: ServeOptions = {
  name: 'broken',
  version: '0.0.0',
  schemes: ['sqlite'],
  db: db(new SqliteDB()),
  cache: cache(new SqliteCache()),
  ...(threaded && { threads: { module: new URL('./broken-thread.js', import.meta.url) } }),
}
await serve(options(whole))
after?.()
