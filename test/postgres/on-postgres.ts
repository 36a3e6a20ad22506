import { OnDatabase } from '../support/on-database.js'
import { postgresPlugin } from '../support/repository-path.js'
import type { ServerOptions } from '../support/servers/database-server.js'
import { startPostgres } from '../support/servers/start-postgres.js'

export { contextWith, type PluginClient } from '../support/on-database.js'

/** A PostgreSQL for the tests of a describe block. */
export class OnPostgres extends OnDatabase {
  constructor(options: ServerOptions = {}) {
    super(() => startPostgres(options), postgresPlugin())
  }
}
