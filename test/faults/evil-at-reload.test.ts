import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import { childrenOf } from '../support/is-running.js'
import { memoryGrowth } from '../support/memory-growth.js'
import { askPid } from '../support/pid-connection.js'
import { repositoryPath } from '../support/repository-path.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'

/** A behaviour of test/support/plugins/evil-plugin.mjs, and what the log says of the reload that would start it. */
const evils: Readonly<Record<string, RegExp>> = {
  silent: /expected a handshake within 1500 ms/,
  garbage: /Welcome to my database/,
  'endless-line': /more than 4096 bytes without a line end/,
  'exits-at-once': /exited with code 3/,
  netrpc: /speaks net\/rpc/,
  'wrong-version': /incompatible API version/,
  'wrong-network': /expected network unix or tcp/,
  'tcp-everywhere': /expected a tcp address on this machine/,
  tcp: /offered TLS on tcp, got none/,
  certificate: /a certificate although the host offered no TLS/,
  'socket-outside': /expected a socket in/,
  'not-listening': /ECONNREFUSED/,
  'not-http2': /the health check failed/,
  'mute-listener': /the health check failed: no answer/,
  'crash-in-init': /InitConnection failed.*SIGABRT/,
  'hang-in-health': /the health check failed: no answer/,
  'no-services': /InitConnection failed: the plugin answered unsupported/,
}

// Guard of them all: the reload waits for the new connections to be ready before the swap, and closes them when one is not.
describe('A reload that would start an evil plugin', () => {
  let server: TestServer
  let path: string
  let good: object

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        path = await fixtureProgram('pid-plugin', directory)
        good = { p: { uri: 'pid://one', path } }
        return { plugins: good }
      },
    })
  })
  after(() => server?.stop())

  it('changes nothing, says why, and leaves nothing of it behind', { timeout: 120_000 }, async () => {
    const before = await askPid(server)
    const children = childrenOf(server.pid).sort()
    const growth = await memoryGrowth(server.pid, async () => {
      for (const [evil, expected] of Object.entries(evils)) await tryEvil(evil, expected)
    })
    assert.deepEqual(await askPid(server), before)
    await until(() => childrenOf(server.pid).length === children.length, { what: 'the evil ones to be gone' })
    assert.deepEqual(childrenOf(server.pid).sort(), children)
    assert.ok(growth <= 32, `the host grew by ${growth} MB`)
  })

  it('is told from one that is right, which takes effect', async () => {
    await server.writeConfig({ plugins: { p: { uri: 'pid://two', path } } })
    server.signal('SIGHUP')
    await until(async () => (await askPid(server)).uri === 'pid://two', { what: 'the new process' })
  })

  async function tryEvil(evil: string, expected: RegExp): Promise<void> {
    const failures = reloadFailures(server)
    const connection = {
      uri: 'evil://x',
      path: repositoryPath('test', 'support', 'plugins', 'evil-plugin.mjs'),
      env: { EVIL: evil, MARKS: server.directory.path },
      limits: { start_timeout: '1500ms' },
    }
    await server.writeConfig({ plugins: { ...good, evil: connection } })
    server.signal('SIGHUP')
    const line = await until(() => reloadFailures(server)[failures.length], { what: `the reload with ${evil} to fail` })
    assert.match(line, expected)
    assert.equal((await askPid(server)).uri, 'pid://one')
  }
})

function reloadFailures(server: TestServer): string[] {
  return server
    .log()
    .split('\n')
    .filter((line) => line.includes('reload failed'))
}
