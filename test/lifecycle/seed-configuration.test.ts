import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { authorization } from '../support/pid-connection.js'
import { sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'

// From the plugin guide of the original, unchanged.
const seed = `plugins:
  mydb:
    uri: "sqlite://./test.db"
    enable_cache: true
    cache_name: mydb_cache
  mydb_cache:
    uri: "sqlite://./test.db?autoCleanup=true"
`

describe('The configuration of the original', () => {
  it('loads and serves, with the plugin found without being named', async (t) => {
    const server = await startServer({
      config: (directory) => {
        sqliteFile(directory.file('test.db'), 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);').close()
        return seed
      },
    })
    t.after(() => server.stop())

    const created = await request(server, 'POST', '/api/mydb/users/', '[{"name":"Alice"}]')
    assert.equal(created.status, 201, created.text())
    const read = await request(server, 'GET', '/api/mydb/users/?select=name')
    assert.deepEqual(read.json(), [{ name: 'Alice' }])
    assert.equal((await request(server, 'GET', '/api/mydb/easyrest_cache/')).status, 404)
  })

  it('does not start without a key (control)', async () => {
    await assert.rejects(startServer({ config: seed, env: { ER_TOKEN_SECRET: '' } }), /secret/)
  })
})

function request(server: TestServer, method: string, target: string, body?: string) {
  const headers: [string, string][] = [authorization(), ['Content-Type', 'application/json']]
  return server.request(target, { method, headers, ...(body === undefined ? {} : { body }) })
}
