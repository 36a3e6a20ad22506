import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import { authorization } from '../support/pid-connection.js'
import { startServer } from '../support/start-server.js'
import { testSecret } from '../support/token.js'

describe('The environment of a plugin process', () => {
  it('holds what the connection gives it and none of the secrets of the server', async (t) => {
    const server = await startServer({
      config: async (directory) => {
        const path = await fixtureProgram('environment-plugin', directory)
        const settings = { env: { GIVEN: 'by the configuration' }, env_pass: ['PASSED_ON'] }
        return { plugins: { e: { uri: 'environment://user:password@x', path, ...settings } } }
      },
      env: { PASSED_ON: 'by name', KEPT_BACK: 'a secret' },
    })
    t.after(() => server.stop())

    const answer = await server.request('/api/e/any/', { headers: [authorization()] })
    const [environment] = answer.json() as [Record<string, string>]
    assert.equal(environment.GIVEN, 'by the configuration')
    assert.equal(environment.PASSED_ON, 'by name')
    assert.equal(environment.EASYREST_PLUGIN, 'easyrest')
    assert.ok(environment.PATH !== undefined)
    // The control is PASSED_ON: what the server has would be seen here.
    assert.equal(environment.KEPT_BACK, undefined)
    assert.ok(!answer.text().includes(testSecret))
    assert.ok(!answer.text().includes('password'), 'the URI travels by gRPC')
  })
})
