import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { DatabaseKind } from '../http/database-kind.js'
import { fixtureProgram } from '../support/fixture-program.js'
import { repositoryPath } from '../support/repository-path.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { signToken } from '../support/token.js'
import { json, type KvServer, startKvServer } from './kv-server.js'
import { playKvTranscripts } from './play-kv-transcripts.js'
import { checkRaces } from './race-checks.js'

// A plugin with the four calls and no capability: every way around a missing one is taken.

let program = ''
let directory: TemporaryDirectory
before(async () => {
  directory = await temporaryDirectory()
  program = await fixtureProgram('keyed-memory-plugin', directory)
})
after(() => directory?.remove())

const base: DatabaseKind = {
  name: 'memory',
  plugin: () => program,
  open: async () => ({
    create: async () => ({ uri: 'keyed://', reset: async () => {}, close: async () => {} }),
    close: async () => {},
  }),
}

const needsUpsert: Readonly<Record<string, string>> = {
  'c-batch.http': 'a batch is one upsert; that it answers 501 is below',
  'm-txn.http': 'several writes are one upsert; that they answer 501 is below',
  'p-plain-batch.http': 'a batch is one upsert',
  'o-realms.http': 'one of its cases is a transaction of several writes',
}

playKvTranscripts(base, {
  whyNot: (file) => needsUpsert[file],
  reset: (server) =>
    server.request('/api/docs/everything/?all=true', {
      method: 'DELETE',
      headers: [['Authorization', `Bearer ${signToken({ sub: 'tester', scope: 'write' })}`]],
    }),
})

checkRaces('a plugin with the four calls alone', () => startKvServer({ plugin: program, uri: 'keyed://' }), {
  rounds: 8,
  batches: false,
})

describe('A plugin with the four calls alone', () => {
  let kv: KvServer
  before(async () => {
    kv = await startKvServer({ plugin: program, uri: 'keyed://' })
  })
  after(() => kv?.stop())

  it('is told of in the log, with what falls back', async () => {
    const line = await kv.server.logLine(/key\/value API is ready/)
    assert.match(line, /no upsert: .* batch and txn answer 501; .*no count/)
  })

  it('answers 501 with the capability where there is no way around it', async () => {
    const batch = await kv.ask('PUT', 'b?batch=1', json([{ key: 'x', value: 'AAEC' }]))
    assert.deepEqual([batch.status, (batch.json() as { capability: string }).capability], [501, 'upsert'])
    const ops = ['a', 'b'].map((key) => ({ op: 'set', key, value: '' }))
    const txn = await transaction(kv.server, { ops })
    assert.deepEqual([txn.status, (txn.json() as { capability: string }).capability], [501, 'upsert'])
    const guarded = ops.map((op) => ({ ...op, if_match: '*' }))
    const conditions = await transaction(kv.server, { ops: guarded })
    assert.deepEqual([conditions.status, (conditions.json() as { capability: string }).capability], [501, 'batch'])
    const reading = await transaction(kv.server, { ops: [ops[0], { op: 'get', key: 'b' }] })
    assert.deepEqual([reading.status, (reading.json() as { capability: string }).capability], [501, 'batch'])
    assert.deepEqual((await kv.ask('GET', '?keys=1')).json(), [], 'nothing is half done')
  })

  it('creates several documents at once all the same', async () => {
    const ops = ['a', 'b'].map((key) => ({ op: 'set', key, value: '', if_none_match: '*' }))
    assert.equal((await transaction(kv.server, { ops })).status, 200)
    assert.equal((await transaction(kv.server, { ops })).status, 412)
  })
})

const transaction = (server: TestServer, body: object) =>
  server.request('/api/kvs/v1/txn', {
    method: 'POST',
    headers: [['Authorization', `Bearer ${signToken({ sub: 'u1', aud: 'c1', scope: 'kopano/kvs' })}`]],
    body: JSON.stringify(body),
  })

describe('B039 A plugin whose table has no key', () => {
  let server: TestServer
  before(async () => {
    const path = repositoryPath('plugins/examples/memory/bin/easyrest-plugin-memory.js')
    server = await startServer({
      config: { plugins: { docs: { uri: 'memory://', path } }, kv: { connection: 'docs', limits: { wait: '0s' } } },
    })
  })
  after(() => server?.stop())

  it('turns the key/value API off, with the reason, and its tables are served', async () => {
    await server.logLine(/key\/value API is off.*second row with the same pk is not refused/)
    const headers = [['Authorization', `Bearer ${signToken({ sub: 'u1', scope: 'read write kopano/kvs' })}`]] as const
    assert.equal((await server.request('/api/kvs/v1/kv/user/x', { headers })).status, 500)
    const created = await server.request('/api/docs/t/', {
      method: 'POST',
      headers: [...headers, ['Content-Type', 'application/json']],
      body: '[{"id":1}]',
    })
    assert.equal(created.status, 201)
  })

  it('its table is hidden from the table API', async () => {
    const headers = [['Authorization', `Bearer ${signToken({ sub: 'u1', scope: 'read' })}`]] as const
    assert.equal((await server.request('/api/docs/easyrest_kv/', { headers })).status, 404)
  })
})
