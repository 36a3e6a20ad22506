import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forRun } from '@easyrest/protocol/testing'
import type { ServerProcess } from '../../support/servers/server-process.js'
import { whyNoFaults } from '../../support/servers/why-no-server.js'
import { until } from '../../support/until.js'
import { type ServedDatabase, serveDatabase } from './served-database.js'
import { testedDatabases } from './tested-database.js'
import { countsOf, judgeWrites, startWriteLoad, type WriteLoad, writesTable } from './write-load.js'

const rounds = forRun(2, 30)

for (const tested of testedDatabases) {
  describe(`A database that ends under load: ${tested.kind}`, {
    timeout: 280_000,
    skip: whyNoFaults(tested.kind),
  }, () => {
    it('has every acknowledged write once, and is used again at once', async (t) => {
      const served = await serveDatabase(tested, { schema: writesTable })
      t.after(() => served.stop())
      const load = startWriteLoad(served)
      t.after(() => load.stop())
      const pauses: number[] = []
      for (let round = 0; round < rounds; round++) {
        pauses.push(await endAndWait(served, load, (process) => process.stop()))
        pauses.push(await endAndWait(served, load, (process) => process.kill()))
      }
      await load.stop()
      const { lost, twice, untrue } = await judgeWrites(load, served)
      assert.deepEqual({ lost, twice, untrue }, { lost: [], twice: [], untrue: [] })
      assert.ok((load.writes.get(201)?.length ?? 0) > rounds * 20, `control: ${countsOf(load)}`)
      checkStatuses(load)
      checkPauses(t, pauses, load)
    })

    it('would be found out if it forgot what it acknowledged (control)', async (t) => {
      const served = await serveDatabase(tested, { schema: writesTable, options: { settings: tested.forgetful } })
      t.after(() => served.stop())
      // The table itself is not to be forgotten.
      await served.server.sql(tested.flush)
      const load = startWriteLoad(served)
      t.after(() => load.stop())
      await endAndWait(served, load, (process) => process.kill())
      await load.stop()
      assert.notDeepEqual((await judgeWrites(load, served)).lost, [])
    })
  })
}

/** Milliseconds from the moment at which the database is there again to the next acknowledged write. */
async function endAndWait(
  { server }: ServedDatabase,
  load: WriteLoad,
  end: (process: ServerProcess) => Promise<void>,
): Promise<number> {
  await sleep(400)
  await end(server.process!)
  await sleep(200)
  await server.process!.start()
  const back = performance.now()
  return until(() => load.firstAfter(back), { what: 'a write after the return', timeoutMs: 30_000, intervalMs: 10 })
}

/** Not sent is 503, sent and not answered 502 or 504; nothing else is said, and nobody is left without an answer. */
function checkStatuses({ writes, reads }: WriteLoad): void {
  const statuses = new Set([...writes.keys(), ...reads.keys()])
  assert.deepEqual(
    [...statuses].filter((status) => ![200, 201, 502, 503, 504].includes(status)),
    [],
  )
}

function checkPauses(t: TestContext, pauses: number[], load: WriteLoad): void {
  pauses.sort((a, b) => a - b)
  const median = pauses[pauses.length >> 1]!
  t.diagnostic(
    `the first write ${median} ms (median), ${pauses.at(-1)} ms (longest) after the return; ${countsOf(load)}`,
  )
  // The target is 1000 ms on a machine that does nothing else.
  assert.ok(median <= 3000, `median of the first write after the return: ${median} ms`)
}
