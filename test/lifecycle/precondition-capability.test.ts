import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import type { Header, HttpAnswer } from '../support/http.js'
import { authorization } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'

describe('A plugin that cannot check preconditions', () => {
  let server: TestServer

  before(async () => {
    server = await startServer({
      config: async (directory) => ({
        plugins: { m: { uri: 'minimal://one', path: await fixtureProgram('minimal-plugin', directory) } },
      }),
    })
  })
  after(() => server?.stop())

  it('is not asked to write with one, not even by the first request of all', async () => {
    // The server listens before its plugins are ready.
    for (const method of ['PATCH', 'DELETE']) {
      const answer = await send(method, ['If-Match', '*'])
      const problem = answer.json() as { code: string; capability: string }
      assert.deepEqual([answer.status, problem.code, problem.capability], [501, 'unsupported', 'precondition'])
    }
  })

  it('writes without one (control), and its reads have tags', async () => {
    assert.equal((await send('PATCH')).status, 200)
    assert.equal((await send('DELETE')).status, 204)
    const tag = (await send('GET', ['If-None-Match', '"x"'])).header('etag')
    assert.equal((await send('GET', ['If-None-Match', tag!])).status, 304)
  })

  function send(method: string, ...headers: Header[]): Promise<HttpAnswer> {
    return server.request('/api/m/things/?where.eq.id=1', {
      method,
      headers: [authorization(), ...headers],
      ...(method === 'PATCH' ? { body: '{"id":1}' } : {}),
    })
  }
})
