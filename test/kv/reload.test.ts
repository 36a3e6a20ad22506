import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { forRun } from '@easyrest/protocol/testing'
import type { HttpAnswer } from '../support/http.js'
import { configOf, json, type KvServer, type KvServerOptions, startKvServer } from './kv-server.js'

const reloads = forRun(5, 60)

checkReloads('one process', {})
checkReloads('two workers', { config: { workers: 2 } })

function checkReloads(what: string, options: KvServerOptions): void {
  describe(`The key/value API in ${what}`, () => {
    let kv: KvServer
    before(async () => {
      kv = await startKvServer(options)
    })
    after(() => kv?.stop())

    const reload = async (settings: object): Promise<void> => {
      const uri = `sqlite://${kv.server.directory.file('docs.db')}`
      await kv.server.writeConfig(configOf({ ...options, kv: settings }, uri))
      const before = kv.server.log().split('configuration reloaded').length
      kv.server.signal('SIGHUP')
      while (kv.server.log().split('configuration reloaded').length === before) await kv.ask('GET', 'any')
    }

    it('takes other limits at a reload', async () => {
      assert.equal((await kv.ask('PUT', 'x', { body: 'x'.repeat(101) })).status, 200)
      await reload({ limits: { max_value_size: 100 } })
      assert.equal((await kv.ask('PUT', 'x', { body: 'x'.repeat(101) })).status, 400)
      assert.equal((await kv.ask('PUT', 'x', { body: 'x'.repeat(100) })).status, 200)
    })

    it('keeps what is longer than a new limit within reach', async () => {
      await reload({})
      const key = 'k'.repeat(300)
      assert.equal((await kv.ask('PUT', key, json(1))).status, 200)
      await reload({ limits: { max_key_size: 100 } })
      assert.equal((await kv.ask('PUT', key, json(2))).status, 400)
      assert.equal((await kv.ask('GET', `${key}?raw=1`)).text(), '1')
      assert.match((await kv.ask('POST', '?mget=1', { body: JSON.stringify([key]) })).text(), /"value": 1/)
      assert.equal((await kv.ask('DELETE', key)).status, 200)
    })

    it('takes another preset at a reload', async () => {
      await reload({ preset: 'plain' })
      assert.equal((await kv.ask('GET', 'none')).header('content-type'), 'application/problem+json; charset=utf-8')
      await reload({})
      assert.equal((await kv.ask('GET', 'none')).text(), '404 page not found\n')
    })

    it('fails no request while it is reloaded under load', async () => {
      let running = true
      const answers: HttpAnswer[] = []
      const clients = Array.from({ length: 4 }, async (_, client) => {
        for (let count = 0; running; count++) {
          answers.push(await kv.ask('PUT', `load/${client}`, json(count)))
          const read = await kv.ask('GET', `load/${client}?raw=1`)
          assert.equal(read.text(), String(count), 'what was acknowledged is read')
          answers.push(read)
        }
      })
      for (let round = 0; round < reloads; round++) await reload({ limits: { max_mget: 10 + round } })
      running = false
      await Promise.all(clients)
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
      assert.ok(answers.length > reloads, `control: ${answers.length} answers`)
    })
  })
}
