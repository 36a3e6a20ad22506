import type { DatabaseKind } from '../../http/database-kind.js'
import { temporaryDirectory } from '../../support/temporary-directory.js'
import { startKvServer } from '../kv-server.js'
import { mysql, postgres } from '../server-kind.js'
import { checkHistories } from './check-histories.js'

for (const kind of [postgres, mysql]) checkHistoriesOn(kind)

function checkHistoriesOn(kind: DatabaseKind): void {
  checkHistories(
    kind.name,
    async (t) => {
      const maker = await kind.open()
      t.after(() => maker.close())
      const directory = await temporaryDirectory()
      const { uri } = await maker.create('', directory)
      const options = { uri, plugin: kind.plugin() }
      const servers = await Promise.all([startKvServer(options), startKvServer(options)])
      t.after(async () => {
        await Promise.all(servers.map((server) => server.stop()))
        await directory.remove()
      })
      return servers
    },
    kind.missing?.() ?? false,
  )
}
