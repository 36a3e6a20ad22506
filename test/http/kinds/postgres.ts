import { postgresPlugin } from '../../support/repository-path.js'
import { startPostgres } from '../../support/servers/start-postgres.js'
import { whyNoServer } from '../../support/servers/why-no-server.js'
import type { DatabaseKind } from '../database-kind.js'

/** PostgreSQL: one server, and a database of its own for each file. */
export const postgres: DatabaseKind = {
  name: 'postgres',
  plugin: postgresPlugin,
  missing: () => whyNoServer('postgres') || undefined,
  open: async () => {
    const server = await startPostgres()
    return {
      create: async (sql) => {
        const { uri, sql: run, drop } = await server.createDatabase(sql)
        const tables = (await run(tablesOfDatabase)).map(({ name }) => String(name))
        const counters = (await run(settingsOfCounters)).map(({ setting }) => `SELECT ${setting};`).join(' ')
        const reset = async (statements: string): Promise<void> => {
          const end = statements.trim() === '' ? '' : statements.replace(/;?\s*$/, ';')
          // Before the statements, which may leave a key out, and behind the keys they name.
          await run(`BEGIN; ${emptying(tables)} ${counters} ${end} ${counters} COMMIT`)
        }
        return { uri, reset, close: drop }
      },
      close: () => server.stop(),
    }
  },
}

const tablesOfDatabase = `SELECT tablename AS name FROM pg_tables
  WHERE schemaname = 'public' AND tablename NOT LIKE 'easyrest%'`

// TRUNCATE makes files anew, which takes far longer. What refers to others is emptied with the rest of the statement.
const emptying = (tables: readonly string[]): string =>
  `WITH ${tables.map((name, index) => `gone${index} AS (DELETE FROM ${name})`).join(', ')} SELECT 1;`

const settingsOfCounters = `
SELECT format('setval(%L, (SELECT coalesce(max(%I), 0) + 1 FROM %s), false)',
  d.objid::regclass, a.attname, d.refobjid::regclass) AS setting
FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid`
