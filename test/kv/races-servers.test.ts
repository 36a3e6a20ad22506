import { after, before } from 'node:test'
import type { DatabaseKind, DatabaseMaker } from '../http/database-kind.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { startKvServer } from './kv-server.js'
import { checkRaces } from './race-checks.js'
import { mysql, postgres } from './server-kind.js'

for (const kind of [postgres, mysql]) checkRacesOn(kind)

function checkRacesOn(kind: DatabaseKind): void {
  const skip = kind.missing?.() ?? false
  let maker: DatabaseMaker | undefined
  let directory: TemporaryDirectory
  before(async () => {
    directory = await temporaryDirectory()
    if (skip === false) maker = await kind.open()
  })
  after(async () => {
    await maker?.close()
    await directory?.remove()
  })
  const start = async () => {
    const { uri } = await maker!.create('', directory)
    return startKvServer({ uri, plugin: kind.plugin() })
  }
  checkRaces(kind.name, start, { skip })
}
