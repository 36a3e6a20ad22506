import { mysqlPlugin } from '../../support/repository-path.js'
import { startMariadb } from '../../support/servers/start-mariadb.js'
import { whyNoServer } from '../../support/servers/why-no-server.js'
import type { DatabaseKind } from '../database-kind.js'

/** MariaDB, as MySQL cannot be had from Debian: one server, and a database of its own for each file. */
export const mysql: DatabaseKind = {
  name: 'mysql',
  plugin: mysqlPlugin,
  missing: () => whyNoServer('mysql') || undefined,
  open: async () => {
    const server = await startMariadb()
    return {
      create: async (sql) => {
        const { uri, sql: run, drop } = await server.createDatabase(sql)
        const tables = (await run(tablesOfDatabase)) as unknown as TestTable[]
        const reset = async (statements: string): Promise<void> => {
          await run(
            `${emptying(tables)} BEGIN; ${statements.trim() === '' ? '' : statements.replace(/;?\s*$/, ';')} COMMIT`,
          )
        }
        return { uri, reset, close: drop }
      },
      close: () => server.stop(),
    }
  },
}

interface TestTable {
  readonly name: string
  /** 1 when it generates keys. */
  readonly counts: number
}

const tablesOfDatabase = `SELECT table_name AS name, auto_increment IS NOT NULL AS counts FROM information_schema.tables
  WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'easyrest%'`

// TRUNCATE makes a table anew, which takes far longer. The counter goes back as far as the rows let it.
const emptying = (tables: readonly TestTable[]): string => {
  const statements = tables.flatMap(({ name, counts }) => [
    `DELETE FROM ${name};`,
    ...(counts === 0 ? [] : [`ALTER TABLE ${name} AUTO_INCREMENT = 1;`]),
  ])
  return `SET foreign_key_checks = 0; ${statements.join(' ')} SET foreign_key_checks = 1;`
}
