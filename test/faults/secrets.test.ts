import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import { childrenOf } from '../support/is-running.js'
import { authorization } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { testSecret } from '../support/token.js'
import { until } from '../support/until.js'

/** Planted in the configuration and the environment; none may be seen anywhere but where it is meant to be. */
const canaries = {
  password: 'canary-pass%3Aword',
  decodedPassword: 'canary-pass:word',
  parameter: 'canary-parameter',
  variable: 'canary-variable',
  passedVariable: 'canary-passed',
  serverVariable: 'canary-of-the-server',
  tokenSecret: testSecret,
}

describe('The secrets of a connection and of the server', () => {
  let server: TestServer
  const bodies: string[] = []
  const header = authorization()

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        const path = await fixtureProgram('leaky-plugin', directory)
        const uri = `leaky://user:${canaries.password}@host/db?sslkey=${canaries.parameter}`
        const settings = { path, env: { API_TOKEN: canaries.variable }, env_pass: ['PASSED_SECRET'] }
        const down = { ...settings, uri: uri.replace('host', 'down') }
        return { access_log: true, plugins: { leaky: { ...settings, uri }, down } }
      },
      env: { PASSED_SECRET: canaries.passedVariable, OWN_SECRET: canaries.serverVariable, EASYREST_LOG_LEVEL: 'trace' },
    })
    for (const table of ['any', 'throws', 'refuses', 'is_taken', 'dies']) await get(`/api/leaky/${table}/`)
    for (const target of ['/api/down/any/', '/api/nowhere/any/', '/api/leaky/any/?where=', '/health']) await get(target)
    await until(() => /"connection":"down".*unavailable/.test(server.log()), { what: 'the other connection to fail' })
    await until(async () => (await get('/api/leaky/any/')) === 200, { what: 'the plugin to come back' })
    // A reload tells what changed.
    await server.writeConfig({ plugins: {} })
    server.signal('SIGHUP')
    await server.logLine(/configuration reloaded/)
  })
  after(() => server?.stop())

  it('appear in no log line and no answer, whatever the plugin says', () => {
    // Guards: maskSecrets in launch-plugin.ts (log), maskError in supervised-caller.ts (answers), redactUri (reload).
    const log = server.log()
    assert.match(log, /cannot reach leaky:\/\/user:\*\*\*@host/, 'control: what the plugin says is in the log')
    assert.ok(
      bodies.some((body) => body.includes('cannot reach')),
      'control: some of it reaches the client',
    )
    for (const [name, canary] of Object.entries(canaries)) {
      assert.ok(!log.includes(canary), `${name} is in the log: ${lineWith(log, canary)}`)
      assert.ok(!bodies.join().includes(canary), `${name} is in an answer`)
    }
    assert.ok(!log.includes(header[1].slice(7)), 'the token of a request is in the log')
  })

  it('are in no command line, and in no environment but the one they were given to', async () => {
    const fresh = await startServer({
      config: async (directory) => {
        const path = await fixtureProgram('leaky-plugin', directory)
        const uri = `leaky://user:${canaries.password}@host/db?sslkey=${canaries.parameter}`
        return { plugins: { leaky: { path, uri, env: { API_TOKEN: canaries.variable } } } }
      },
      env: { OWN_SECRET: canaries.serverVariable },
    })
    try {
      await fresh.request('/api/leaky/any/', { headers: [header] })
      const children = childrenOf(fresh.pid)
      assert.ok(children.length >= 2, `a plugin and the shell of group-reaper.ts, got ${children.length}`)
      for (const pid of [fresh.pid, ...children]) {
        for (const [name, canary] of Object.entries(canaries)) {
          assert.ok(!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(canary), `${name} is in a command line`)
        }
      }
      const environments = children.map((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8'))
      assert.equal(environments.filter((text) => text.includes(canaries.variable)).length, 1, 'control: its own plugin')
      const { variable: _given, ...others } = canaries
      for (const [name, canary] of Object.entries(others)) {
        assert.ok(!environments.join().includes(canary), `${name} is in the environment of a child`)
      }
    } finally {
      await fresh.stop()
    }
  })

  async function get(target: string): Promise<number> {
    const answer = await server.request(target, { headers: [header] })
    bodies.push(answer.text())
    return answer.status
  }
})

function lineWith(log: string, text: string): string | undefined {
  return log.split('\n').find((line) => line.includes(text))
}
