import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fixtureProgram } from '../support/fixture-program.js'
import type { HttpAnswer } from '../support/http.js'
import { authorization } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'

// What a client learns of a call whose plugin died, and how often the plugin saw the call.
describe('A plugin that dies', () => {
  let server: TestServer

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        const path = await fixtureProgram('faulty-plugin', directory)
        const env = { MARKS: directory.file('marks'), NO_START: directory.file('no-start') }
        return { plugins: { f: { uri: 'faulty://x', path, env } } }
      },
      env: { EASYREST_LOG_LEVEL: 'debug' },
    })
  })
  after(() => server?.stop())

  it('in a write: 502, the outcome is unknown, and it is not repeated', async () => {
    assert.equal((await post('fine')).status, 201, 'control: a write is answered')
    const answer = await post('always')
    assert.equal(answer.status, 502)
    assert.deepEqual(pick(answer, 'code', 'outcome'), { code: 'plugin_crashed', outcome: 'unknown' })
    await until(() => get('fine').then(({ status }) => status === 200), { what: 'the next process' })
    // Guard: mayRepeat in supervised-caller.ts.
    assert.equal(seen('write always'), 1)
  })

  it('in a read: the next process answers it', async () => {
    assert.equal((await get('once')).status, 200)
    assert.equal(seen('read once'), 2)
  })

  it('in a read, twice: 502, and there is no third time', async () => {
    const answer = await get('always')
    assert.equal(answer.status, 502)
    assert.deepEqual(pick(answer, 'code', 'outcome'), { code: 'plugin_crashed', outcome: undefined })
    await until(() => get('fine').then(({ status }) => status === 200), { what: 'the next process' })
    assert.equal(seen('read always'), 2)
  })

  it('and does not start again: 503 at once, with the pause that is left, then it heals', async () => {
    writeFileSync(server.directory.file('no-start'), '')
    process.kill((await get('fine').then(rowOf)).pid, 'SIGKILL')
    const retryInMs = await until(() => lastPause(server, 3000), { what: 'a pause of 3 s', timeoutMs: 20_000 })
    for (const answer of [await get('fine'), await post('fine')]) {
      assert.equal(answer.status, 503)
      assert.deepEqual(pick(answer, 'code', 'outcome'), { code: 'unavailable', outcome: undefined })
      const seconds = Number(answer.header('retry-after'))
      assert.ok(seconds >= 2 && seconds <= Math.ceil(retryInMs / 1000), `Retry-After ${seconds}, pause ${retryInMs} ms`)
      assert.ok(answer.durationMs < 500, `took ${answer.durationMs} ms`)
    }
    rmSync(server.directory.file('no-start'))
    await until(() => get('fine').then(({ status }) => status === 200), { what: 'it to heal', timeoutMs: 15_000 })
  })

  it('is told when the client goes away', async () => {
    const { hostname, port } = new URL(server.origin)
    const socket = connect(Number(port), hostname)
    const [name, value] = authorization()
    socket.write(`GET /api/f/slow/ HTTP/1.1\r\nHost: ${hostname}\r\n${name}: ${value}\r\n\r\n`)
    await until(() => seen('read slow') === 1, { what: 'the read to begin' })
    await sleep(100)
    assert.doesNotMatch(server.log(), /was given up/, 'control: it goes on while the client waits')
    socket.destroy()
    await server.logLine(/the slow read was given up/)
  })

  const get = (table: string): Promise<HttpAnswer> => server.request(`/api/f/${table}/`, { headers: [authorization()] })

  const post = (table: string): Promise<HttpAnswer> =>
    server.request(`/api/f/${table}/`, {
      method: 'POST',
      headers: [authorization(), ['Content-Type', 'application/json']],
      body: '[{"id":1}]',
    })

  function seen(line: string): number {
    const marks = server.directory.file('marks')
    return existsSync(marks)
      ? readFileSync(marks, 'utf8')
          .split('\n')
          .filter((mark) => mark === line).length
      : 0
  }
})

function pick(answer: HttpAnswer, ...names: string[]): Record<string, unknown> {
  const body = answer.json() as Record<string, unknown>
  return Object.fromEntries(names.map((name) => [name, body[name]]))
}

const rowOf = (answer: HttpAnswer): { pid: number } => (answer.json() as [{ pid: number }])[0]

/** The pause that the last failed start announced, if it is at least so long. */
function lastPause(server: TestServer, atLeast: number): number | undefined {
  const last = server
    .log()
    .split('\n')
    .findLast((line) => line.includes('retryInMs'))
  const { retryInMs } = JSON.parse(last ?? '{}') as { retryInMs?: number }
  return retryInMs !== undefined && retryInMs >= atLeast ? retryInMs : undefined
}
