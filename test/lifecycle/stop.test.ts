import assert from 'node:assert/strict'
import { Agent, get } from 'node:http'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { send } from '../support/http.js'
import { isRunning } from '../support/is-running.js'
import { askPid, authorization, pidConfig, pidTarget } from '../support/pid-connection.js'
import { startEarly } from '../support/start-early.js'
import { startServer } from '../support/start-server.js'
import { until } from '../support/until.js'

describe('SIGTERM', () => {
  it('S11: lets the requests in flight finish, takes no new ones, and ends with 0', async () => {
    const server = await startServer({ config: (directory) => pidConfig(directory, 'pid://one') })
    const { pid } = await askPid(server)
    const slow = askPid(server, 1500)
    await sleep(200)
    server.signal('SIGTERM')
    await sleep(200)
    await assert.rejects(askPid(server), 'a new request is refused')
    assert.equal((await slow).pid, pid)
    assert.deepEqual(await server.exited, { code: 0, signal: null })
    await until(() => !isRunning(pid), { what: 'the plugin to end' })
    await server.stop()
  })

  it('is what saves them: after SIGKILL the request in flight breaks, and the plugin ends too', async () => {
    const server = await startServer({ config: (directory) => pidConfig(directory, 'pid://one') })
    const { pid } = await askPid(server)
    const slow = askPid(server, 1500)
    await sleep(200)
    server.signal('SIGKILL')
    await assert.rejects(slow)
    await until(() => !isRunning(pid), { what: 'the plugin to notice that its host is gone' })
    await server.stop()
  })

  it('ends a connection that its client keeps busy with the next answer', async (t) => {
    const server = await startServer({ config: (directory) => pidConfig(directory, 'pid://one') })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.after(() => agent.destroy())
    const ask = (sleepMs: number): Promise<string | undefined> =>
      new Promise((resolve, reject) => {
        const headers = Object.fromEntries([authorization()])
        get(`${server.origin}${pidTarget(sleepMs)}`, { agent, headers }, (response) => {
          response.resume().on('end', () => resolve(response.headers.connection))
        }).on('error', reject)
      })
    assert.equal(await ask(0), 'keep-alive', 'control: before the signal the connection stays')
    const slow = ask(800)
    await sleep(200)
    server.signal('SIGTERM')
    await slow
    await assert.rejects(ask(0), 'the connection was closed, and no new one is accepted')
    assert.deepEqual(await server.exited, { code: 0, signal: null })
    await server.stop()
  })

  it('before the server is up ends it in order too', async (t) => {
    const { child, origin, exited } = await startEarly(t)
    child.kill('SIGTERM')
    assert.deepEqual(await exited, { code: 0, signal: null })
    await assert.rejects(send({ origin, target: '/health' }))
  })

  it('a second time ends everything at once', async () => {
    for (const [first, second] of [
      ['SIGTERM', 'SIGTERM'],
      ['SIGINT', 'SIGTERM'],
      ['SIGTERM', 'SIGINT'],
    ] as const) {
      const server = await startServer({ config: (directory) => pidConfig(directory, 'pid://one') })
      const { pid } = await askPid(server)
      const slow = askPid(server, 8000)
      slow.catch(() => {})
      await sleep(200)
      server.signal(first)
      await server.logLine(/finishing requests in flight/)
      const before = performance.now()
      server.signal(second)
      assert.deepEqual(await server.exited, { code: 1, signal: null })
      assert.ok(performance.now() - before < 3000, 'control: it did not wait for the slow request')
      await assert.rejects(slow)
      await until(() => !isRunning(pid), { what: 'the plugin to end' })
      await server.stop()
    }
  })

  it('stops the processes that a reload gave up and requests still hold', async () => {
    const server = await startServer({ config: (directory) => pidConfig(directory, 'pid://one') })
    const old = await askPid(server)
    const slow = askPid(server, 2500)
    await sleep(200)
    await server.writeConfig(await pidConfig(server.directory, 'pid://two'))
    server.signal('SIGHUP')
    await server.logLine(/configuration reloaded/)
    const { pid } = await askPid(server)
    server.signal('SIGTERM')
    assert.deepEqual(await slow, old)
    assert.deepEqual(await server.exited, { code: 0, signal: null })
    // Not by the end of their standard input: the server waited for them.
    assert.deepEqual([isRunning(old.pid), isRunning(pid)], [false, false])
    await server.stop()
  })
})

describe('SIGINT', () => {
  it('stops as SIGTERM does', async () => {
    const server = await startServer({ config: (directory) => pidConfig(directory, 'pid://one') })
    const { pid } = await askPid(server)
    const slow = askPid(server, 1000)
    await sleep(200)
    server.signal('SIGINT')
    assert.equal((await slow).pid, pid)
    assert.deepEqual(await server.exited, { code: 0, signal: null })
    assert.ok(!isRunning(pid))
    await server.stop()
  })
})
