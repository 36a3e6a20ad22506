import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fixtureProgram } from '../support/fixture-program.js'
import type { HttpAnswer } from '../support/http.js'
import { askPid, authorization, pidConfig, pidTarget } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'

describe('A plugin that takes its time', () => {
  it('is given the time of its connection, then the answer is 504 at once', async (t) => {
    const server = await startTwoConnections(t)
    const { status, durationMs, body } = await get(server, pidTarget(5000))
    assert.equal(status, 504)
    assert.equal((JSON.parse(body.toString()) as { code: string }).code, 'timeout')
    assert.ok(durationMs >= 900 && durationMs < 2500, `expected about 1000 ms, took ${durationMs}`)

    const patient = await get(server, pidTarget(1500).replace('/p/', '/q/'))
    assert.equal(patient.status, 200, 'control: with more time the same plugin answers')
  })

  it('and does not answer at all holds up nobody else', async (t) => {
    const server = await startTwoConnections(t)
    const { pid } = await askPid(server)
    process.kill(pid, 'SIGSTOP')
    t.after(() => tryKill(pid))
    const frozen = get(server, pidTarget())
    const other = await get(server, '/api/q/any/')
    assert.equal(other.status, 200)
    assert.ok(other.durationMs < 900, `took ${other.durationMs} ms`)
    assert.ok([502, 503, 504].includes((await frozen).status))
  })

  it('may lose its client on the way', async (t) => {
    const server = await startServer({ config: (directory) => pidConfig(directory, 'pid://one') })
    t.after(() => server.stop())
    const before = await askPid(server)
    for (let client = 0; client < 20; client++) await hangUp(server)
    assert.deepEqual(await askPid(server), before)
  })
})

/** `p` has a second for an answer, `q` has the usual time. */
async function startTwoConnections(t: { after(hook: () => Promise<unknown>): void }): Promise<TestServer> {
  const server = await startServer({
    config: async (directory) => {
      const path = await fixtureProgram('pid-plugin', directory)
      return { plugins: { p: { uri: 'pid://one', path, limits: { timeout: '1s' } }, q: { uri: 'pid://two', path } } }
    },
  })
  t.after(() => server.stop())
  return server
}

function get(server: TestServer, target: string): Promise<HttpAnswer> {
  return server.request(target, { headers: [authorization()] })
}

/** Sends a request that takes a second, and goes away after some milliseconds. */
async function hangUp(server: TestServer): Promise<void> {
  const { hostname, port } = new URL(server.origin)
  const socket = connect(Number(port), hostname)
  const [name, value] = authorization()
  socket.on('error', () => {})
  socket.write(`GET ${pidTarget(1000)} HTTP/1.1\r\nHost: ${hostname}\r\n${name}: ${value}\r\n\r\n`)
  await sleep(20)
  socket.destroy()
}

function tryKill(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
  return Promise.resolve()
}
