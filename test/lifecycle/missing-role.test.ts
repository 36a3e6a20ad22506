import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import { authorization } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'

// The original answered 404 for the first and "not implemented" for every failure of the second.
test('S6: a connection whose plugin is only a cache answers 501 with the name of what is missing', async (t) => {
  const server = await serving(t, 'files', 'cache-plugin')
  for (const target of ['/api/p/any/', '/api/p/']) {
    const answer = await server.request(target, { headers: [authorization()] })
    const { code, capability } = answer.json() as { code: string; capability: string }
    assert.deepEqual([answer.status, code, capability], [501, 'unsupported', 'db'], target)
  }
})

test('P6: a plugin that cannot tell its schema is 501, one that fails to is what failed', async (t) => {
  const none = await serving(t, 'functions', 'functions-plugin')
  const lacking = await none.request('/api/p/', { headers: [authorization()] })
  assert.deepEqual([lacking.status, (lacking.json() as { code: string }).code], [501, 'unsupported'])
  const failing = await serving(t, 'leaky', 'leaky-plugin')
  const failed = await failing.request('/api/p/', { headers: [authorization()] })
  assert.deepEqual([failed.status, (failed.json() as { code: string }).code], [502, 'plugin_error'])
})

async function serving(t: TestContext, scheme: string, plugin: string): Promise<TestServer> {
  const server = await startServer({
    config: async (directory) => {
      const path = await fixtureProgram(plugin, directory)
      return { plugins: { p: { uri: `${scheme}://one`, path } } }
    },
  })
  t.after(() => server.stop())
  await server.logLine(/\bready: /)
  return server
}
