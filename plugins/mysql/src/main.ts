import { serve } from '@easyrest/plugin'
import { MysqlCache } from './mysql-cache.js'
import { MysqlDB } from './mysql-db.js'

await serve({
  name: 'easyrest-plugin-mysql',
  version: '0.1.0',
  schemes: ['mysql', 'mariadb'],
  db: new MysqlDB(),
  cache: new MysqlCache(),
})
