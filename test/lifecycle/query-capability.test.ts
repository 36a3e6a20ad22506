import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import type { HttpAnswer } from '../support/http.js'
import { authorization } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'

describe('A plugin that takes no statements, on a connection that shall', () => {
  let server: TestServer

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        const path = await fixtureProgram('minimal-plugin', directory)
        return {
          check_scope: false,
          plugins: { m: { uri: 'minimal://one', path, use_query: true }, t: { uri: 'minimal://two', path } },
        }
      },
    })
  })
  after(() => server?.stop())

  it('is answered 501 with the name of what it lacks, from the first request on', async () => {
    for (const _ of [1, 2]) {
      const answer = await send('POST', '/api/m/')
      const problem = answer.json() as { code: string; capability: string }
      assert.deepEqual([answer.status, problem.code, problem.capability], [501, 'unsupported', 'query'])
    }
  })

  it('serves its tables on a connection that takes none (control)', async () => {
    assert.equal((await send('GET', '/api/t/things/')).status, 200)
    assert.equal((await send('GET', '/api/m/things/')).status, 404)
  })

  function send(method: string, target: string): Promise<HttpAnswer> {
    return server.request(target, {
      method,
      headers: [authorization(), ['Content-Type', 'application/sql']],
      ...(method === 'POST' ? { body: 'SELECT 1' } : {}),
    })
  }
})
