import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import { oddRows } from '../support/fixtures/odd-rows.js'
import { authorization } from '../support/pid-connection.js'
import { startServer } from '../support/start-server.js'

describe('The rows of a plugin', () => {
  it('reach the client unchanged to the byte', async (t) => {
    const server = await startServer({
      config: async (directory) => ({
        plugins: { odd: { uri: 'odd://x', path: await fixtureProgram('odd-rows-plugin', directory) } },
      }),
    })
    t.after(() => server.stop())

    const answer = await server.request('/api/odd/any/', { headers: [authorization()] })
    assert.equal(answer.status, 200)
    assert.equal(answer.header('content-range'), '0-1/*')
    assert.equal(answer.text(), oddRows)
    assert.deepEqual(answer.body, Buffer.from(oddRows))
  })

  it('would not, if the server parsed them (control)', () => {
    assert.notEqual(JSON.stringify(JSON.parse(oddRows)), oddRows)
    assert.notDeepEqual(JSON.parse(JSON.stringify(JSON.parse('[9007199254740993]'))).map(String), ['9007199254740993'])
  })
})
