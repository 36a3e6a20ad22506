import { after, before } from 'node:test'
import { forRun } from '@easyrest/protocol/testing'
import type { DatabaseKind, DatabaseMaker } from '../http/database-kind.js'
import { mysql } from '../http/kinds/mysql.js'
import { postgres } from '../http/kinds/postgres.js'
import { sqlite } from '../http/kinds/sqlite.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { startKvServer } from './kv-server.js'
import { checkRaces } from './race-checks.js'

const rounds = forRun(8, 200)

for (const kind of [sqlite, postgres, mysql]) checkRacesOn(kind)

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
  checkRaces(kind.name, start, { rounds, skip })
}
