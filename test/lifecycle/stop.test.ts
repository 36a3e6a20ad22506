import assert from 'node:assert/strict'
import { Agent, get } from 'node:http'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning } from '../support/is-running.js'
import { askPid, authorization, pidConfig, pidTarget } from '../support/pid-connection.js'
import { startServer } from '../support/start-server.js'
import { until } from '../support/until.js'

describe('SIGTERM', () => {
  it('lets the requests in flight finish, takes no new ones, and ends with 0', async () => {
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
})
