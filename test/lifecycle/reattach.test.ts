import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import { isRunning } from '../support/is-running.js'
import { askPid, authorization, pidConfig, pidTarget } from '../support/pid-connection.js'
import { runByHand } from '../support/run-by-hand.js'
import { startServer } from '../support/start-server.js'
import { temporaryDirectory } from '../support/temporary-directory.js'
import { until } from '../support/until.js'

describe('EASYREST_REATTACH_PLUGINS', () => {
  it('makes the server use the plugin that its author runs, and leave it alone', async (t) => {
    const plugin = await runPidPlugin(t)
    const server = await startAttached(t, plugin.handshake)
    assert.equal((await askPid(server)).pid, plugin.child.pid)
    server.signal('SIGHUP')
    await server.logLine(/reload/)
    assert.equal((await askPid(server)).pid, plugin.child.pid)
    assert.match(server.log(), /p: uses the plugin that somebody else runs at .*EASYREST_REATTACH_PLUGINS/)
    await server.stop()
    assert.ok(isRunning(plugin.child.pid!), 'who started it ends it')
  })

  it('takes what authors of go-plugin plugins know, and names in any case', async (t) => {
    const plugin = await runPidPlugin(t)
    const [, , Network, address] = plugin.handshake.split('|')
    const form = {
      Protocol: 'grpc',
      ProtocolVersion: 2,
      Pid: plugin.child.pid,
      Test: true,
      Addr: { Network, String: address },
    }
    const server = await startAttached(t, form, 'P')
    assert.equal((await askPid(server)).pid, plugin.child.pid)
  })

  it('waits while a debugger holds the plugin, and goes on when it goes on', async (t) => {
    const plugin = await runPidPlugin(t)
    const server = await startAttached(t, plugin.handshake)
    plugin.child.kill('SIGSTOP')
    for (let call = 0; call < 4; call++) {
      const answer = await server.request(pidTarget(0), { headers: [authorization()] })
      assert.ok([503, 504].includes(answer.status), answer.text())
    }
    plugin.child.kill('SIGCONT')
    const pid = await until(
      () =>
        askPid(server).then(
          (answer) => answer.pid,
          () => undefined,
        ),
      { what: 'an answer' },
    )
    assert.equal(pid, plugin.child.pid)
  })

  it('answers 503 when the plugin has ended', async (t) => {
    const plugin = await runPidPlugin(t)
    const server = await startAttached(t, plugin.handshake)
    plugin.child.kill('SIGKILL')
    await until(async () => (await server.request(pidTarget(0), { headers: [authorization()] })).status === 503, {
      what: 'the server to notice',
    })
    assert.equal((await server.request('/health')).status, 200)
  })

  const refusals: [title: string, value: string, said: RegExp][] = [
    ['what is no JSON', 'p=1|2|unix|/x|grpc', /EASYREST_REATTACH_PLUGINS: expected \{"<connection>"/],
    ['a line that is no handshake', '{"p":"hello"}', /EASYREST_REATTACH_PLUGINS: "p": expected a handshake like/],
    ['a plugin of another protocol', '{"p":{"Protocol":"netrpc","ProtocolVersion":1,"Addr":{}}}', /net\/rpc/],
    [
      'a name that no connection has',
      '{"q":"1|2|unix|/x|grpc"}',
      /EASYREST_REATTACH_PLUGINS: there is no connection "q"/,
    ],
  ]
  for (const [title, value, said] of refusals) {
    it(`refuses ${title}`, async () => {
      const env = { EASYREST_REATTACH_PLUGINS: value }
      await assert.rejects(startServer({ config: (directory) => pidConfig(directory, 'pid://x'), env }), said)
    })
  }

  it('is never a machine elsewhere', async (t) => {
    const server = await startAttached(t, '1|2|tcp|192.0.2.1:1234|grpc')
    await server.logLine(/expected a tcp address on this machine like 127\.0\.0\.1:1234/)
  })
})

const startAttached = async (t: TestContext, handshake: unknown, name = 'p') => {
  const server = await startServer({
    config: (directory) => pidConfig(directory, 'pid://x', { limits: { timeout: '1s', wait: '1s' } }),
    env: { EASYREST_REATTACH_PLUGINS: JSON.stringify({ [name]: handshake }) },
  })
  t.after(() => server.stop())
  return server
}

const runPidPlugin = async (t: TestContext) => {
  const directory = await temporaryDirectory()
  return runByHand(t, directory, await fixtureProgram('pid-plugin', directory))
}
