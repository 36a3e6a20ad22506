import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseSync } from '@photostructure/sqlite'
import { until } from '../support/until.js'
import { json, type KvServer, startKvServer } from './kv-server.js'

describe('A document that has expired', () => {
  let kv: KvServer
  before(async () => {
    kv = await startKvServer({ kv: { cleanup_interval: '1s' } })
  })
  after(() => kv?.stop())

  const rows = (): number => {
    const database = new DatabaseSync(kv.server.directory.file('docs.db'))
    try {
      const { count } = database
        .prepare("SELECT count(*) AS count FROM easyrest_kv WHERE pk LIKE 'user/u1/c1/%'")
        .get() as {
        count: number
      }
      return Number(count)
    } finally {
      database.close()
    }
  }

  it('B017 is gone for everybody, and can be created anew', async () => {
    assert.equal((await kv.ask('PUT', 'e/x?ttl=1', json(1))).status, 200)
    assert.equal((await kv.ask('PUT', 'e/y?ttl=60', json(1))).status, 200)
    assert.equal((await kv.ask('GET', 'e/x')).status, 200)
    await until(async () => (await kv.ask('GET', 'e/x')).status === 404, { what: 'the document to expire' })
    assert.deepEqual((await kv.ask('GET', 'e?keys=1')).json(), ['e/y'])
    assert.equal((await kv.ask('PUT', 'e/x', { ...json(2), headers: [['If-Match', '*']] })).status, 412)
    assert.equal((await kv.ask('DELETE', 'e/x')).status, 404)
    assert.equal((await kv.ask('PATCH', 'e/x?touch=1&ttl=60')).status, 404)
    assert.equal((await kv.ask('PUT', 'e/x', { ...json(2), headers: [['If-None-Match', '*']] })).status, 201)
    assert.equal((await kv.ask('GET', 'e/x')).status, 200)
  })

  it('B018 is removed in the background, and no other is', async () => {
    assert.equal((await kv.ask('PUT', 'gone/x?ttl=1', json(1))).status, 200)
    const before = rows()
    await until(() => rows() < before, { what: 'the row to be removed', timeoutMs: 10_000 })
    assert.deepEqual((await kv.ask('GET', 'e?keys=1')).json(), ['e/x', 'e/y'])
  })

  it('lives on when it is renewed in time', async () => {
    assert.equal((await kv.ask('PUT', 'lease?ttl=2', json(1))).status, 200)
    assert.equal((await kv.ask('PATCH', 'lease?touch=1&ttl=60')).status, 200)
    await sleep(2100)
    assert.equal((await kv.ask('GET', 'lease')).status, 200)
  })
})
