import { temporaryDirectory } from '../../support/temporary-directory.js'
import { newFile, startKvServer } from '../kv-server.js'
import { checkHistories } from './check-histories.js'

checkHistories('sqlite', async (t) => {
  const directory = await temporaryDirectory()
  const uri = newFile(directory.file('docs.db'))
  const servers = await Promise.all([startKvServer({ uri }), startKvServer({ uri })])
  t.after(async () => {
    await Promise.all(servers.map((server) => server.stop()))
    await directory.remove()
  })
  return servers
})
