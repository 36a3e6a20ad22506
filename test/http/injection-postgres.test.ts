import { test } from 'node:test'
import { postgresPlugin } from '../support/repository-path.js'
import { startPostgres } from '../support/servers/start-postgres.js'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { expectNoInjection, injectionTimeoutMs as timeout } from './injection/expect-no-injection.js'
import { recordedDatabase } from './injection/recorded-database.js'

const options = { skip: whyNoServer('postgres'), timeout }

test(
  'PostgreSQL: no text becomes part of a statement, shows what the driver said, or changes a row',
  options,
  async (t) => {
    await expectNoInjection(
      t,
      await recordedDatabase('postgres', startPostgres, postgresPlugin(), {
        tables: "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
        afterReset: "SELECT setval(pg_get_serial_sequence('users', 'id'), 3)",
      }),
      700,
    )
  },
)
