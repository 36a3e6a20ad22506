import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkPlugin, resultText } from '@easyrest/conformance'
import { readSeed } from '../conformance/support.js'
import { rubyPlugin } from '../support/ruby-plugin.js'
import { startServer } from '../support/start-server.js'
import { temporaryDirectory } from '../support/temporary-directory.js'
import { signToken } from '../support/token.js'

const program = rubyPlugin()
const skip = program === undefined && 'no Ruby with gRPC (ruby-grpc, protobuf-compiler-grpc): its plugin is not tested'

test('the plugin in Ruby, written without an SDK, passes every check of what it names', { skip }, async (t) => {
  const directory = await temporaryDirectory()
  t.after(() => directory.remove())
  const uri = `pstore://${directory.file('tables.pstore')}`
  const { results } = await checkPlugin({ program: program!, uri, seed: readSeed('memory') })
  assert.deepEqual(results.filter(({ outcome }) => outcome === 'failed').map(resultText), [])
  const passed = results.filter(({ outcome }) => outcome === 'passed').map(({ id }) => id)
  for (const id of [
    'handshake.line',
    'where.tree',
    'transaction.rollback-create',
    'load.memory',
    'lifecycle.host-death',
  ]) {
    assert.ok(passed.includes(id), `${id} has not passed`)
  }
})

test('the plugin in Ruby behind the HTTP API', { skip }, async (t) => {
  const server = await startServer({
    config: (directory) => ({
      check_scope: false,
      plugins: { t: { uri: `pstore://${directory.file('tables.pstore')}`, path: program } },
    }),
  })
  t.after(() => server.stop())
  const headers: [string, string][] = [
    ['Authorization', `Bearer ${signToken({ sub: 'a' })}`],
    ['Content-Type', 'application/json'],
  ]
  const body = '[{"id":9007199254740993,"name":"é","price":1.50},{"id":2,"name":null,"price":1e300}]'
  const created = await server.request('/api/t/things/', { method: 'POST', headers, body })
  assert.equal(created.status, 201, created.text())
  const read = await server.request('/api/t/things/?where.gt.id=2&select=price,name', { headers })
  assert.equal(read.text(), '[{"price":1.50,"name":"é"}]')
  const dry = [...headers, ['Prefer', 'tx=rollback']] as typeof headers
  await server.request('/api/t/things/?where.eq.id=2', { method: 'DELETE', headers: dry })
  const counted = await server.request('/api/t/things/?limit=1', { headers: [...headers, ['Prefer', 'count=exact']] })
  assert.equal(counted.header('content-range'), '0-0/2')
  const missing = await server.request('/api/t/thing/', { headers })
  assert.equal(missing.status, 404)
  assert.match(missing.text(), /things/)
})
