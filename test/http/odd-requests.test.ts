import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { authorization } from '../support/pid-connection.js'
import { sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'

const open = async (t: { after(hook: () => Promise<unknown>): void }): Promise<TestServer> => {
  const server = await startServer({
    config: (directory) => {
      const path = directory.file('test.db')
      sqliteFile(path, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'one');").close()
      return { plugins: { db: { uri: `sqlite://${path}` } } }
    },
  })
  t.after(() => server.stop())
  return server
}

test('a preference behind a hundred other headers is not dropped', async (t) => {
  const server = await open(t)
  const fillers = Array.from({ length: 120 }, (_value, index): [string, string] => [`X-Filler-${index}`, 'x'])
  const headers: [string, string][] = [authorization(), ...fillers, ['Prefer', 'tx=rollback']]
  const patch = { method: 'PATCH', headers, body: '{"v":"two"}' }
  assert.deepEqual((await server.request('/api/db/t/?where.eq.id=1', patch)).json(), { updated: 0, would_update: 1 })
  const rows = await server.request('/api/db/t/', { headers: [authorization()] })
  assert.deepEqual(rows.json(), [{ id: 1, v: 'one' }])
})

test('a client that goes away in its body writes nothing and is no failure of ours', async (t) => {
  const server = await open(t)
  const { hostname, port } = new URL(server.origin)
  const socket = connect(Number(port), hostname)
  const [name, value] = authorization()
  socket.write(`POST /api/db/t/ HTTP/1.1\r\nHost: x\r\n${name}: ${value}\r\nContent-Length: 200\r\n\r\n[{"v":`)
  setTimeout(() => socket.destroy(), 100)
  await new Promise((resolve) => socket.once('close', resolve))
  const rows = await until(() => server.request('/api/db/t/', { headers: [authorization()] }), { what: 'an answer' })
  assert.equal((rows.json() as unknown[]).length, 1)
  assert.doesNotMatch(server.log(), /"level":50/)
})
