import type { TestContext } from 'node:test'
import { forRun } from '@easyrest/protocol/testing'
import type { DatabaseKind } from '../../http/database-kind.js'
import { mysql } from '../../http/kinds/mysql.js'
import { postgres } from '../../http/kinds/postgres.js'
import { sqlite } from '../../http/kinds/sqlite.js'
import { temporaryDirectory } from '../../support/temporary-directory.js'
import { type KvServer, startKvServer } from '../kv-server.js'
import { checkHistories } from './check-histories.js'

const size = { operations: forRun(120, 1500), kills: forRun(2, 20) }

for (const kind of [sqlite, postgres, mysql]) {
  checkHistories(kind.name, size, (t) => startTwo(t, kind), kind.missing?.() ?? false)
}

/** Two servers on one database. */
async function startTwo(t: TestContext, kind: DatabaseKind): Promise<KvServer[]> {
  const directory = await temporaryDirectory()
  t.after(() => directory.remove())
  const maker = await kind.open()
  t.after(() => maker.close())
  const { uri } = await maker.create('', directory)
  const options = { uri, plugin: kind.plugin() }
  const servers = await Promise.all([startKvServer(options), startKvServer(options)])
  t.after(() => Promise.all(servers.map((server) => server.stop())))
  return servers
}
