import { test } from 'node:test'
import { mysqlPlugin } from '../support/repository-path.js'
import { startMariadb } from '../support/servers/start-mariadb.js'
import { whyNoServer } from '../support/servers/why-no-server.js'
import { expectNoInjection, injectionTimeoutMs as timeout } from './injection/expect-no-injection.js'
import { recordedDatabase } from './injection/recorded-database.js'

const options = { skip: whyNoServer('mysql'), timeout }

test(
  'MariaDB: no text becomes part of a statement, shows what the driver said, or changes a row',
  options,
  async (t) => {
    const lists = { tables: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()' }
    await expectNoInjection(t, await recordedDatabase('mysql', startMariadb, mysqlPlugin(), lists), 700)
  },
)
