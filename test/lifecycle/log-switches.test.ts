import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import { authorization } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'

describe('The switches of the log mean what they say', () => {
  const accessed = /ACCESS: GET \/api\/p\/any\/ 200/
  const printed = /cannot reach/

  it('R6: access_log has a line for each request, with its id', async (t) => {
    const server = await start(t, { access_log: true })
    const id = await read(server)
    const line = await server.logLine(accessed)
    assert.equal((JSON.parse(line) as { requestId: string }).requestId, id)
  })

  it('R11: so does --access-log, and without either there is none', async (t) => {
    const asked = await start(t, {}, ['--access-log'])
    const silent = await start(t, {})
    await read(asked)
    await read(silent)
    await asked.logLine(accessed)
    assert.doesNotMatch(silent.log(), /ACCESS/)
  })

  it('R12: plugin_log: false leaves out what plugins say, true shows it', async (t) => {
    const shown = await start(t, { plugin_log: true })
    const hidden = await start(t, { plugin_log: false })
    await shown.logLine(printed)
    await read(hidden)
    assert.doesNotMatch(hidden.log(), printed)
  })
})

async function start(t: TestContext, settings: object, options: readonly string[] = []): Promise<TestServer> {
  const server = await startServer({
    config: async (directory) => ({
      ...settings,
      plugins: { p: { uri: 'leaky://host', path: await fixtureProgram('leaky-plugin', directory) } },
    }),
    arguments: options,
  })
  t.after(() => server.stop())
  await server.logLine(/\bready: /)
  return server
}

/** Answers the id of the request. */
async function read(server: TestServer): Promise<string | undefined> {
  const answer = await server.request('/api/p/any/', { headers: [authorization()] })
  assert.equal(answer.status, 200, answer.text())
  return answer.header('x-request-id')
}
