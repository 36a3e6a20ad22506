import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isLinearizable } from './is-linearizable.js'
import { client, naiveStores } from './naive-store.js'
import { runClients } from './run-clients.js'
import type { StoreClient } from './store-client.js'

const violations = async (shared: StoreClient): Promise<number> => {
  const histories = await runClients({ clients: Array(8).fill(shared), operations: 300, keys: 20 })
  return [...histories.values()].filter((history) => !isLinearizable(history)).length
}

describe('The check of histories (control)', () => {
  for (const [mistake, open] of Object.entries(naiveStores)) {
    it(`notices a store that ${mistake}`, async () => {
      assert.ok((await violations(open())) > 0)
    })
  }

  it('has nothing against one that is right', async () => {
    assert.equal(await violations(client()), 0)
  })
})
