import { OnDatabase } from '../support/on-database.js'
import { mysqlPlugin } from '../support/repository-path.js'
import type { ServerOptions } from '../support/servers/database-server.js'
import { startMariadb } from '../support/servers/start-mariadb.js'

export { contextWith, type PluginClient } from '../support/on-database.js'

/** A MariaDB for the tests of a describe block. */
export class OnMysql extends OnDatabase {
  constructor(options: ServerOptions = {}) {
    super(() => startMariadb(options), mysqlPlugin())
  }
}
