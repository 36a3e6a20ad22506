import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { adminOrigin, anyAdminPort, askAdmin, metric } from '../support/admin.js'
import { fixtureProgram } from '../support/fixture-program.js'
import { askPid, authorization, pidConfig } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'
import type { TemporaryDirectory } from '../support/temporary-directory.js'
import { testSecret } from '../support/token.js'
import { until } from '../support/until.js'

describe('The admin listener', () => {
  let server: TestServer
  before(async () => {
    server = await startServer({ config: twoConnections })
    await until(async () => (await askPid(server).catch(() => undefined)) !== undefined, { what: 'the first answer' })
  })
  after(() => server?.stop())

  it('says that the server lives', async () => {
    const answer = await askAdmin(server, '/livez')
    assert.deepEqual([answer.status, answer.text()], [200, 'ok\n'])
  })

  it('names what is not ready', async () => {
    const answer = await askAdmin(server, '/readyz')
    assert.equal(answer.status, 503)
    const { ready, notReady } = answer.json() as { ready: boolean; notReady: { what: string; why: string }[] }
    assert.equal(ready, false)
    assert.deepEqual(
      notReady.map(({ what }) => what),
      ['connection down'],
    )
    assert.match(notReady[0]!.why, /\/no-such-program does not exist/)
  })

  it('describes connections without their secrets', async () => {
    const answer = await askAdmin(server, '/-/status')
    assert.equal(answer.status, 200)
    assert.ok(!/hunter2|canary/.test(answer.text()) && !answer.text().includes(testSecret))
    const status = answer.json() as Record<string, unknown> & { connections: Record<string, unknown>[] }
    assert.equal(status.pid, server.pid)
    assert.equal(status.address, server.origin)
    assert.deepEqual([status.state, status.generation, status.restartNeeded], ['running', 1, []])
    const [p, down] = status.connections
    assert.equal(p!.pid, (await askPid(server)).pid)
    assert.deepEqual([p!.state, p!.restarts, p!.inFlight, p!.waiting], ['ready', 0, 0, 0])
    assert.deepEqual([p!.uri, p!.serves], ['pid://u:***@one', ['tables']])
    assert.equal((p!.plugin as { name: string }).name, 'pid')
    assert.ok((p!.capabilities as string[]).includes('session'))
    assert.match(String(down!.lastError), /no-such-program/)
  })

  it('counts requests and calls by what they are, never by what clients call them', async () => {
    const line = 'easyrest_http_requests_total{connection="p",route="table",method="GET",status="200"}'
    const before = await metric(server, line)
    await askPid(server)
    await server.request('/api/p/hidden_canary_table/')
    await server.request('/api/hidden_canary_connection/t/')
    await server.request('/hidden_canary_path')
    await until(async () => (await metric(server, line)) === before + 1, { what: 'the request to be counted' })
    const ofNone = 'easyrest_http_requests_total{connection="",route='
    assert.equal(await metric(server, `${ofNone}"table",method="GET",status="404"}`), 1)
    assert.equal(await metric(server, `${ofNone}"other",method="GET",status="404"}`), 1)
    assert.equal(await metric(server, 'easyrest_plugin_calls_total{connection="p",outcome="ok"}'), before + 1)
    assert.equal(
      await metric(server, 'easyrest_http_request_duration_seconds_count{connection="p",route="table"}'),
      before + 2,
    )
    assert.equal(await metric(server, 'easyrest_plugin_up{connection="p"}'), 1)
    assert.equal(await metric(server, 'easyrest_plugin_up{connection="down"}'), 0)
    const answer = await askAdmin(server, '/metrics')
    assert.match(answer.header('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
    assert.ok(!answer.text().includes('canary'))
    assert.match(answer.text(), /^nodejs_eventloop_lag_p99_seconds /m)
    assert.match(answer.text(), /^easyrest_build_info\{version="/m)
  })

  it('answers with a problem what it does not know', async () => {
    const unknown = await askAdmin(server, '/api/p/any/', { headers: [authorization()] })
    assert.deepEqual([unknown.status, (unknown.json() as { code: string }).code], [404, 'not_found'])
    for (const path of ['/livez', '/readyz', '/metrics', '/-/status']) {
      const answer = await askAdmin(server, path, { method: 'POST' })
      assert.deepEqual([answer.status, answer.header('allow')], [405, 'GET, HEAD'], path)
    }
    const get = await askAdmin(server, '/-/reload')
    assert.deepEqual([get.status, get.header('allow')], [405, 'POST'])
    assert.equal((await askAdmin(server, '/livez', { method: 'HEAD' })).status, 200)
  })

  it('is closed to web pages, whatever name they give it', async () => {
    const cases: [name: string, value: string, status: number][] = [
      ['Host', 'evil.example', 403],
      ['Host', 'localhost.evil.example:80', 403],
      ['Origin', 'http://127.0.0.1', 403],
      ['Origin', 'null', 403],
      ['Host', 'localhost:1', 200],
      ['Host', '[::1]:1', 200],
    ]
    for (const [name, value, status] of cases) {
      for (const [method, target] of [
        ['POST', '/-/reload'],
        ['GET', '/-/status'],
      ] as const) {
        const answer = await askAdmin(server, target, { method, headers: [[name, value]] })
        assert.equal(answer.status, status, `${method} ${target} with ${name}: ${value}`)
      }
    }
  })

  it('is not part of the listener for data', async () => {
    for (const path of ['/livez', '/readyz', '/metrics', '/-/status']) {
      assert.equal((await server.request(path)).status, 404)
    }
    assert.equal((await server.request('/-/reload', { method: 'POST' })).status, 404)
  })
})

describe('Readiness', () => {
  it('comes with the last connection and ends when the server stops', async () => {
    const server = await startServer({
      config: async (directory) => ({ admin: anyAdminPort, ...(await pidConfig(directory, 'pid://one')) }),
    })
    await until(async () => (await askAdmin(server, '/readyz')).status === 200, { what: 'the server to be ready' })
    const origin = await adminOrigin(server)
    const slow = askPid(server, 1500)
    await sleep(200)
    server.signal('SIGTERM')
    await server.logLine(/SIGTERM/)
    const answer = await askAdmin(server, '/readyz')
    assert.equal(answer.status, 503)
    assert.deepEqual(answer.json(), { ready: false, notReady: [{ what: 'server', why: 'stopping' }] })
    assert.equal((await askAdmin(server, '/livez')).status, 200)
    assert.equal((await askAdmin(server, '/-/reload', { method: 'POST' })).status, 503)
    await slow
    assert.deepEqual(await server.exited, { code: 0, signal: null }, `expected ${origin} to be closed too`)
    await server.stop()
  })
})

describe('A unix socket as the admin listener', () => {
  it('belongs to the user of the server, and is made again after a crash', async (t) => {
    const config = async (directory: TemporaryDirectory) => ({
      admin: { listen: `unix:${directory.file('admin.sock')}` },
      ...(await pidConfig(directory, 'pid://one')),
    })
    const server = await startServer({ config })
    t.after(() => server.stop())
    const path = server.directory.file('admin.sock')
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.equal(await statusOver(path, '/-/status', 'evil.example'), 200)
    server.signal('SIGKILL')
    await server.exited
    assert.ok((await stat(path)).isSocket(), 'control: the socket was left behind')

    const next = await startServer({ config: { admin: { listen: path }, plugins: {} } })
    t.after(() => next.stop())
    assert.equal(await statusOver(path, '/livez', 'localhost'), 200)
    await assert.rejects(
      startServer({ config: { admin: { listen: path }, plugins: {} } }),
      /it ended with code 1[\s\S]*another program listens there/,
      'a socket that is in use is not taken away',
    )
    assert.equal(await statusOver(path, '/livez', 'localhost'), 200)
  })
})

describe('An admin listener that other machines could reach', () => {
  it('is refused unless it is asked for', async () => {
    for (const listen of ['0.0.0.0:0', '[::]:0', '192.0.2.1:0', 'easyrest.example:0']) {
      await assert.rejects(
        startServer({ config: { admin: { listen }, plugins: {} } }),
        /code 78[\s\S]*admin\.allow_remote/,
      )
    }
  })

  it('keeps status and reload for this machine', async (t) => {
    const server = await startServer({ config: { admin: { listen: '0.0.0.0:0', allow_remote: true }, plugins: {} } })
    t.after(() => server.stop())
    const { port } = new URL(await adminOrigin(server))
    const origin = `http://127.0.0.1:${port}`
    const ask = async (path: string, host: string) => await fetchStatus(origin, path, host)
    assert.equal(await ask('/metrics', 'easyrest.example'), 200)
    assert.equal(await ask('/-/status', 'easyrest.example'), 403)
    assert.equal(await ask('/-/status', 'localhost'), 200)
  })
})

async function twoConnections(directory: TemporaryDirectory): Promise<object> {
  const path = await fixtureProgram('pid-plugin', directory)
  return {
    admin: anyAdminPort,
    plugins: {
      p: { uri: 'pid://u:hunter2@one', path, env: { PASSWORD: 'canary' } },
      down: { uri: 'pid://u:hunter2@two', path: '/no-such-program' },
    },
  }
}

function fetchStatus(origin: string, path: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(`${origin}${path}`, { headers: { Host: host }, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.on('error', reject)
    asked.end()
  })
}

function statusOver(socketPath: string, path: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    )
    let head = ''
    socket.setEncoding('latin1').on('data', (text: string) => {
      head += text
    })
    socket.on('error', reject)
    socket.on('end', () => resolve(Number(head.slice(9, 12))))
  })
}
