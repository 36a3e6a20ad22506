import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { HttpAnswer } from '../support/http.js'
import { json, type KvServer } from './kv-server.js'

const clients = 8

export interface RaceOptions {
  readonly rounds: number
  /** Why there is nothing to check. */
  readonly skip?: string | false
  /** Whether the plugin has batches. */
  readonly batches?: boolean
}

/** What must hold when several clients write the same keys at once, on any database. */
export function checkRaces(
  database: string,
  start: () => Promise<KvServer>,
  { rounds, skip = false, batches = true }: RaceOptions,
): void {
  describe(`Clients that write the same keys at once on ${database}`, { skip }, () => {
    let kv: KvServer
    before(async () => {
      kv = await start()
    })
    after(() => kv?.stop())

    const inParallel = (run: (client: number) => Promise<HttpAnswer>): Promise<HttpAnswer[]> =>
      Promise.all(Array.from({ length: clients }, (_, client) => run(client)))

    it('B005 exactly one creates, with deletions between', async () => {
      for (let round = 0; round < rounds; round++) {
        const answers = await inParallel((client) =>
          kv.ask('PUT', 'race/one', { ...json(client), headers: [['If-None-Match', '*']] }),
        )
        assert.deepEqual(statuses(answers), [201, ...Array(clients - 1).fill(412)])
        const winner = answers.findIndex(({ status }) => status === 201)
        assert.equal((await kv.ask('GET', 'race/one?raw=1')).text(), String(winner))
        const deleted = await inParallel(() => kv.ask('DELETE', 'race/one'))
        assert.deepEqual(statuses(deleted), [200, ...Array(clients - 1).fill(404)])
      }
    })

    it('B006 no update is lost: each reads, adds one, and writes on what it has read', async () => {
      await kv.ask('PUT', 'race/counter', json(0))
      await inParallel(async () => {
        for (let count = 0; count < rounds; ) {
          const read = await kv.ask('GET', 'race/counter?raw=1')
          const headers = [['If-Match', read.header('etag')!]] as const
          const { status } = await kv.ask('PUT', 'race/counter', { ...json(Number(read.text()) + 1), headers })
          assert.ok(status === 200 || status === 412, `status ${status}`)
          if (status === 200) count++
        }
        return kv.ask('GET', 'race/counter')
      })
      assert.equal((await kv.ask('GET', 'race/counter?raw=1')).text(), String(clients * rounds))
    })

    const noBatch = !batches && 'the plugin has no batches'
    it('B034 overlapping batches all succeed, and each is wholly there or not at all', { skip: noBatch }, async () => {
      const keys = Array.from({ length: 20 }, (_, index) => `k${index}`)
      await inParallel(async (client) => {
        let last: HttpAnswer | undefined
        for (let round = 0; round < rounds; round++) {
          const shuffled = keys.map((key) => ({ key, at: Math.random() })).sort((a, b) => a.at - b.at)
          const value = `${client}-${round}`
          const body = shuffled.map(({ key }) => ({ key, value, content_type: 'application/json' }))
          last = await kv.ask('PUT', 'batch?batch=1', json(body))
          assert.equal(last.status, 200, last.text())
          const seen = (await kv.ask('GET', 'batch?recurse=1')).json() as { value: string }[]
          assert.equal(new Set(seen.map(({ value }) => value)).size, 1, 'half of a batch was visible')
        }
        return last!
      })
    })

    it('PUTs of one key all succeed, and one of them is what is there', async () => {
      for (let round = 0; round < rounds; round++) {
        const answers = await inParallel((client) => kv.ask('PUT', 'race/put', json(client)))
        assert.deepEqual(statuses(answers), Array(clients).fill(200))
        const tag = (await kv.ask('GET', 'race/put')).header('etag')
        assert.ok(answers.some((answer) => answer.header('etag') === tag))
      }
    })
  })
}

const statuses = (answers: readonly HttpAnswer[]): number[] => answers.map(({ status }) => status).sort((a, b) => a - b)
