import { serve } from '@easyrest/plugin'
import { SqliteCache } from './sqlite-cache.js'
import { SqliteQueriesDB } from './sqlite-db.js'
import { isInMemory } from './sqlite-uri.js'

await serve({
  name: 'easyrest-plugin-sqlite',
  version: '0.1.0',
  schemes: ['sqlite'],
  db: new SqliteQueriesDB(),
  cache: new SqliteCache(),
  threads: { module: new URL('./thread.js', import.meta.url), alone: isInMemory, inMain: ['Query'] },
})
