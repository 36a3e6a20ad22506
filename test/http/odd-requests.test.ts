import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { allReady } from '../support/all-ready.js'
import { authorization } from '../support/pid-connection.js'
import { sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'

const open = async (t: TestContext, settings: object = {}): Promise<TestServer> => {
  const server = await startServer({
    config: (directory) => {
      const path = directory.file('test.db')
      sqliteFile(path, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'one');").close()
      return { server: settings, plugins: { db: { uri: `sqlite://${path}` } } }
    },
  })
  t.after(() => server.stop())
  await allReady(server, ['db'])
  return server
}

test('a preference behind a hundred other headers is not dropped', async (t) => {
  const server = await open(t)
  const fillers = Array.from({ length: 120 }, (_value, index): [string, string] => [`X-Filler-${index}`, 'x'])
  const headers: [string, string][] = [authorization(), ...fillers, ['Prefer', 'tx=rollback']]
  const patch = { method: 'PATCH', headers, body: '{"v":"two"}' }
  assert.deepEqual((await server.request('/api/db/t/?where.eq.id=1', patch)).json(), { updated: 0, would_update: 1 })
  const rows = await server.request('/api/db/t/', { headers: [authorization()] })
  assert.deepEqual(rows.json(), [{ id: 1, v: 'one' }])
})

test('a client that goes away in its body writes nothing and is no failure of ours', async (t) => {
  const server = await open(t)
  const { hostname, port } = new URL(server.origin)
  const socket = connect(Number(port), hostname)
  const [name, value] = authorization()
  socket.write(`POST /api/db/t/ HTTP/1.1\r\nHost: x\r\n${name}: ${value}\r\nContent-Length: 200\r\n\r\n[{"v":`)
  setTimeout(() => socket.destroy(), 100)
  await new Promise((resolve) => socket.once('close', resolve))
  const rows = await until(() => server.request('/api/db/t/', { headers: [authorization()] }), { what: 'an answer' })
  assert.equal((rows.json() as unknown[]).length, 1)
  assert.doesNotMatch(server.log(), /"level":50/)
})

test('what is no request, too large or too slow is refused with a problem, and its connection ended', async (t) => {
  const server = await open(t, { max_header_bytes: 16384, read_header_timeout: '1s', read_timeout: '2s' })
  const [name, value] = authorization()
  const head = `POST /api/db/t/ HTTP/1.1\r\nHost: x\r\n${name}: ${value}\r\n`
  const cases: [what: string, text: string, status: number, code: string][] = [
    ['no HTTP', 'hello\r\n\r\n', 400, 'bad_request'],
    ['no Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'bad_header'],
    ['two Hosts', 'GET /api/db/t/ HTTP/1.1\r\nHost: a\r\nhost: b\r\nConnection: close\r\n\r\n', 400, 'bad_header'],
    [
      'two Hosts elsewhere',
      'GET /health HTTP/1.1\r\nHost: a\r\nHOST: a\r\nConnection: close\r\n\r\n',
      400,
      'bad_header',
    ],
    ['two lengths', `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400, 'bad_request'],
    ['two ends', `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'bad_request'],
    ['two types', `${head}Content-Type: text/csv\r\nContent-Type: x/y\r\nConnection: close\r\n\r\n`, 400, 'bad_header'],
    ['large headers', `${head}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['a slow head', head, 408, 'request_timeout'],
    ['a slow body', `${head}Content-Length: 200\r\n\r\n[{"v":`, 408, 'request_timeout'],
  ]
  for (const url of ['HTTP://x/api/db/t/?select=v', 'http://y:1/api/db/t?select=v', '/api/db/t?select=v']) {
    const answer = await spoken(
      server,
      `GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${name}: ${value}\r\n\r\n`,
    )
    assert.match(answer, /^HTTP\/1\.1 200 .*\r\n\r\n\[\{"v":"one"\}\]$/s, url)
  }
  const context = '/api/db/t/?select=v:request.headers.x-v'
  const named = await spoken(
    server,
    `GET ${context} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${name}: ${value}\r\nX-V: é\r\n\r\n`,
  )
  assert.match(Buffer.from(named, 'latin1').toString(), /\[\{"v":"é"\}\]$/)
  for (const url of ['http://x', 'http://x?a=b', '*']) {
    const answer = await spoken(server, `GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    assert.match(answer, /^HTTP\/1\.1 404 .*"code":"not_found"/s, url)
  }
  for (const url of ['/api/db/t/?where.eq.v=é', '/api/db/t/?where.eq.v=a b', '/\x01']) {
    const answer = await spoken(server, `GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`)
    assert.match(
      answer,
      /^HTTP\/1\.1 400 .*"code":"bad_request",.*"hint":"Write other characters as percent escapes/s,
      url,
    )
  }
  await Promise.all(
    cases.map(async ([what, text, status, code]) => {
      const answer = await spoken(server, text)
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), `${what}: ${answer}`)
      const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as { code: string; request_id: string }
      assert.equal(problem.code, code, what)
      assert.ok(problem.request_id !== '', what)
    }),
  )
  const rows = await server.request('/api/db/t/', { headers: [authorization()] })
  assert.deepEqual(rows.json(), [{ id: 1, v: 'one' }])
})

/** Sends these bytes and nothing more; answers all that comes until the server ends the connection. */
async function spoken(server: TestServer, text: string): Promise<string> {
  const { hostname, port } = new URL(server.origin)
  const socket = connect(Number(port), hostname).setEncoding('latin1')
  let answer = ''
  socket.on('data', (piece: string) => {
    answer += piece
  })
  socket.on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  return answer
}
