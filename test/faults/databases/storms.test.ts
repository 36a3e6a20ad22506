import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { forRun } from '@easyrest/protocol/testing'
import { whyNoFaults } from '../../support/servers/why-no-server.js'
import { type ServedDatabase, serveDatabase } from './served-database.js'
import { testedDatabases } from './tested-database.js'
import { writesTable } from './write-load.js'

const clients = 20
const rounds = forRun(5, 50)

for (const tested of testedDatabases) {
  describe(`Requests for the same rows: ${tested.kind}`, { timeout: 280_000, skip: whyNoFaults(tested.kind) }, () => {
    let served: ServedDatabase

    before(async () => {
      const counters = 'CREATE TABLE counters (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);'
      const schema = `${counters} ${writesTable} ${tested.countBoth}`
      served = await serveDatabase(tested, { schema, options: { settings: tested.quick } })
    })
    after(() => served?.stop())

    const insert = (id: number) => served.ask('/api/d/counters/', { method: 'POST', body: [{ id, n: 0 }] })
    const upsert = (rows: readonly object[]) =>
      served.ask('/api/d/counters/', {
        method: 'POST',
        body: rows,
        prefer: 'resolution=merge-duplicates, return=minimal',
      })
    const rows = () => served.database.sql('SELECT id, n FROM counters ORDER BY id')
    const all = <Result>(ask: (client: number) => Promise<Result>): Promise<Result[]> =>
      Promise.all(Array.from({ length: clients }, (_, client) => ask(client)))

    it('one of many with the same key is 201, the others 409', async () => {
      for (let id = 1; id <= rounds; id++) {
        const answers = await all(() => insert(id))
        const created = answers.filter(({ status }) => status === 201)
        const refused = answers.filter(({ status, text }) => status === 409 && /"code":"unique"/.test(text()))
        assert.deepEqual([created.length, refused.length], [1, clients - 1], answers.map(({ status }) => status).join())
      }
      const free = await all((n) => served.statusOf('/api/d/writes/', { method: 'POST', body: [{ n }] }))
      assert.deepEqual(new Set(free), new Set([201]), 'control: only the key keeps the others out')
    })

    it('many that replace each other all succeed', async () => {
      const answers = await all((n) => upsert([{ id: 1, n }]))
      for (const answer of answers) assert.ok([200, 201].includes(answer.status), answer.text())
      assert.equal((await rows()).filter(({ id }) => id === 1).length, 1)
    })

    it('many that replace the same rows in another order: each is done as a whole, or 409 and not at all', async () => {
      const ids = Array.from({ length: 300 }, (_, index) => 1000 + index)
      for (let round = 1; round <= rounds; round++) {
        const answers = await all((client) => {
          const order = client % 2 === 0 ? ids : ids.toReversed()
          return upsert(order.map((id) => ({ id, n: round * 100 + client })))
        })
        for (const answer of answers) assert.ok([200, 201, 409].includes(answer.status), answer.text())
        const left = new Set((await rows()).filter(({ id }) => Number(id) >= 1000).map(({ n }) => Number(n)))
        assert.equal(left.size, 1, `half of a request: ${[...left].join()}`)
        const [winner = 0] = left
        assert.notEqual(answers[winner % 100]?.status, 409, 'what was refused was done')
      }
    })

    it('many that wait for each other: what is answered was done once, what is 409 was not', async (t) => {
      const before = await tested.deadlocks(served.server)
      await upsert([1, 2].map((id) => ({ id, n: 0 })))
      const statuses = new Map<number, number>()
      for (let round = 1; round <= rounds; round++) {
        const answers = await all((client) => {
          const body = client % 2 === 0 ? { a: 1, b: 2 } : { a: 2, b: 1 }
          return served.ask('/api/d/rpc/count_both/', { method: 'POST', body })
        })
        for (const answer of answers) {
          assert.ok([200, 409].includes(answer.status), `${answer.status} ${answer.text()}`)
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        }
      }
      const counted = (await rows()).filter(({ id }) => Number(id) <= 2).map(({ n }) => Number(n))
      assert.deepEqual(counted, [statuses.get(200), statuses.get(200)])
      const deadlocks = (await tested.deadlocks(served.server)) - before
      t.diagnostic(
        `${deadlocks} deadlocks; ${[...statuses].map(([status, count]) => `${status}: ${count}`).join(', ')}`,
      )
      assert.ok(deadlocks > 0, 'control: there was no deadlock')
    })
  })
}
