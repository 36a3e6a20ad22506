import type { DatabaseKind } from '../http/database-kind.js'
import { repositoryPath } from '../support/repository-path.js'
import type { DatabaseServer } from '../support/servers/database-server.js'
import type { ServerKind } from '../support/servers/server-kinds.js'
import { startMariadb } from '../support/servers/start-mariadb.js'
import { startPostgres } from '../support/servers/start-postgres.js'
import { whyNoServer } from '../support/servers/why-no-server.js'

export const postgres: DatabaseKind = serverKind('postgres', startPostgres)
export const mysql: DatabaseKind = serverKind('mysql', startMariadb)

/** Databases of one server. What is emptied is the table of the documents, which the server under test has made. */
function serverKind(name: ServerKind & ('postgres' | 'mysql'), start: () => Promise<DatabaseServer>): DatabaseKind {
  return {
    name,
    plugin: () => repositoryPath(`plugins/${name}/bin/easyrest-plugin-${name}.js`),
    missing: () => whyNoServer(name) || undefined,
    open: async () => {
      const server = await start()
      return {
        create: async (sql) => {
          const database = await server.createDatabase(sql)
          return {
            uri: database.uri,
            reset: async () => void (await database.sql('DELETE FROM easyrest_kv')),
            close: () => database.drop(),
          }
        },
        close: () => server.stop(),
      }
    },
  }
}
