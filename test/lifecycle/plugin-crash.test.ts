import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fixtureProgram } from '../support/fixture-program.js'
import { askPid, authorization, pidConfig, pidTarget } from '../support/pid-connection.js'
import { startServer } from '../support/start-server.js'
import { until } from '../support/until.js'

describe('A plugin that is killed', () => {
  it('S8: is started again', async (t) => {
    const server = await startServer({ config: (directory) => pidConfig(directory, 'pid://one') })
    t.after(() => server.stop())
    const before = await askPid(server)
    assert.equal((await askPid(server)).pid, before.pid, 'control: a plugin that is left alone stays')

    process.kill(before.pid, 'SIGKILL')
    const next = await until(() => askPid(server).catch(() => undefined), { what: 'the plugin to come back' })
    assert.notEqual(next.pid, before.pid)
    assert.equal(next.uri, 'pid://one')
  })

  it('answers the request it was killed in, as an error or from its successor, and disturbs no other', async (t) => {
    const server = await startServer({
      config: async (directory) => {
        const path = await fixtureProgram('pid-plugin', directory)
        return { plugins: { p: { uri: 'pid://one', path }, q: { uri: 'pid://two', path } } }
      },
    })
    t.after(() => server.stop())
    const { pid } = await askPid(server)
    const inFlight = server.request(pidTarget(800), { headers: [authorization()] })
    await sleep(200)
    process.kill(pid, 'SIGKILL')

    const other = await server.request('/api/q/any/', { headers: [authorization()] })
    assert.equal(other.status, 200)
    // Invariant 5: a read may be tried again; 502 and 503 say honestly that it was not.
    const { status } = await inFlight
    assert.ok([200, 502, 503].includes(status), `expected 200, 502 or 503, got ${status}`)
  })
})
