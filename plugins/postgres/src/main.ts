import { serve } from '@easyrest/plugin'
import { PostgresCache } from './postgres-cache.js'
import { PostgresDB } from './postgres-db.js'

await serve({
  name: 'easyrest-plugin-postgres',
  version: '0.1.0',
  schemes: ['postgres', 'postgresql'],
  db: new PostgresDB(),
  cache: new PostgresCache(),
})
