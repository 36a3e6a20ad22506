import assert from 'node:assert/strict'
import { METHODS } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { allReady } from '../support/all-ready.js'
import { askAsPage, type PageAnswer, type PageRequest, preflight } from '../support/browser.js'
import type { Header } from '../support/http.js'
import { authorization } from '../support/pid-connection.js'
import { sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'

const page = 'https://app.example.com'
const other = 'https://evil.example'
const json: Header = ['Content-Type', 'application/json']
const rows = '/api/db/t/'

describe('CORS', () => {
  let server: TestServer
  let plugins: object

  before(async () => {
    server = await startServer({
      config: (directory) => {
        const path = directory.file('test.db')
        sqliteFile(path, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'one');").close()
        const uri = `sqlite://${path}`
        plugins = { db: { uri, public: { table: ['t'] } }, sql: { uri, use_query: true } }
        return { plugins, cors: { enabled: true, origins: [page] } }
      },
    })
    await allReady(server, ['db', 'sql'])
  })
  after(() => server?.stop())

  // Every method that the API has, as a page would use it.
  const requests: [string, Omit<PageRequest, 'origin'>, number][] = [
    ['GET without a token', { target: rows }, 200],
    ['GET', { target: rows, headers: [authorization(), ['Prefer', 'count=exact']] }, 200],
    ['a Range', { target: rows, headers: [authorization(), ['Range', '0-0'], ['Range-Unit', 'items']] }, 200],
    ['HEAD', { target: rows, method: 'HEAD', headers: [authorization()] }, 200],
    ['POST', { target: rows, method: 'POST', headers: [authorization(), json], body: '{"v":"x"}' }, 201],
    [
      'PUT',
      { target: `${rows}?where.eq.id=9`, method: 'PUT', headers: [authorization()], body: '{"id":9,"v":"x"}' },
      201,
    ],
    ['PATCH', { target: `${rows}?where.eq.id=9`, method: 'PATCH', headers: [authorization()], body: '{"v":"y"}' }, 200],
    ['DELETE', { target: `${rows}?where.eq.id=9`, method: 'DELETE', headers: [authorization()] }, 204],
    ['QUERY where no statement is taken', { target: '/api/db/', method: 'QUERY', headers: [authorization()] }, 404],
    ['the schema', { target: '/api/db/', headers: [authorization()] }, 200],
    ['/health', { target: '/health' }, 200],
    ['a condition on a tag', { target: rows, headers: [authorization(), ['If-None-Match', '*']] }, 304],
    ['no token where one is needed', { target: '/api/sql/', method: 'QUERY', body: 'SELECT 1' }, 401],
    ['a bad token', { target: rows, headers: [['Authorization', 'Bearer x']] }, 401],
    ['a bad parameter', { target: `${rows}?nothing=1` }, 400],
    ['a bad escape in the path', { target: '/api/db/%ff/' }, 400],
    ['an unknown table', { target: '/api/db/none/', headers: [authorization()] }, 404],
    ['an unknown connection', { target: '/api/none/t/' }, 404],
    ['an unknown path', { target: '/nothing' }, 404],
    ['a body that is no JSON', { target: rows, method: 'POST', headers: [authorization(), json], body: '{' }, 400],
    ['a format that there is not', { target: rows, headers: [['Accept', 'image/png']] }, 406],
    ['a URL that is too long', { target: `${rows}?${'x'.repeat(9000)}` }, 414],
  ]
  for (const [title, request, status] of requests) {
    // The oldest parser does not know it.
    const skip = request.method === 'QUERY' && !METHODS.includes('QUERY')
    it(`lets a page of an allowed origin read the answer: ${title}`, { skip }, async () => {
      const answer = await ask({ ...request, origin: page })
      assert.ok('status' in answer, JSON.stringify(answer))
      assert.equal(answer.status, status, answer.text)
      assert.ok(status === 304 || answer.headers.has('x-request-id') || request.target === '/health')
    })
    it(`control: not one of another origin: ${title}`, { skip }, async () => {
      assert.match(blocked(await ask({ ...request, origin: other })), /origin not named/)
    })
  }

  it('shows a page every header that other clients see', async () => {
    const created = await ask({
      target: rows,
      origin: page,
      method: 'POST',
      headers: [authorization(), json, location],
      body,
    })
    const read = await ask({
      target: `${rows}?limit=1`,
      origin: page,
      headers: [authorization(), ['Prefer', 'count=exact, paging=keyset'], ['If-None-Match', '"x"']],
    })
    assert.ok('status' in created && 'status' in read)
    const names = [...created.headers.keys(), ...read.headers.keys()]
    for (const name of ['content-range', 'etag', 'link', 'location', 'preference-applied', 'server-timing']) {
      assert.ok(names.includes(name), name)
    }
    const refused = await ask({ target: rows, origin: page, headers: [['Authorization', 'Bearer x']] })
    assert.ok('status' in refused && refused.headers.has('www-authenticate'))
  })

  const location: Header = ['Prefer', 'return=headers-only']
  const body = '{"v":"z"}'

  it('allows no header and no method that the configuration does not name', async () => {
    assert.match(blocked(await ask({ target: rows, origin: page, headers: [['X-Other', '1']] })), /header x-other/)
    assert.match(blocked(await ask({ target: rows, origin: page, method: 'PROPFIND' })), /method PROPFIND/)
  })

  const spellings = [
    `${page}.evil.example`,
    'http://app.example.com',
    `${page}:8443`,
    'https://APP.example.com',
    'null',
  ]
  for (const origin of [...spellings, 'https://app.example.com/', '*', '', 'x'.repeat(2000)]) {
    it(`takes an origin as it is spelled: not ${origin.slice(0, 40)}`, async () => {
      const answer = await server.request(rows, { headers: [['Origin', origin]] })
      assert.equal(answer.header('access-control-allow-origin'), undefined)
      assert.equal(answer.status, 200, 'what the browser makes of it is its business')
    })
  }

  it('tells caches that answers depend on the origin, also where there is none', async () => {
    for (const target of [rows, '/health', '/nothing', '/api/db/%ff/']) {
      for (const headers of [[], [['Origin', page] as const], [['Origin', other] as const]]) {
        const vary = (await server.request(target, { headers })).header('vary') ?? ''
        assert.match(vary, /\bOrigin\b/, target)
      }
    }
  })

  it('answers a preflight without a token, without a body, and to be kept for a day', async () => {
    const answer = await preflight(server, { origin: page, target: rows, method: 'PATCH', headers: [authorization()] })
    assert.deepEqual([answer.status, answer.text()], [204, ''])
    assert.equal(answer.header('access-control-max-age'), '86400')
    assert.match(answer.header('access-control-allow-methods') ?? '', /\bPATCH\b.*\bQUERY\b/)
    const plain = await server.request(rows, { method: 'OPTIONS', headers: [['Origin', page]] })
    assert.equal(plain.header('access-control-max-age'), undefined, 'an OPTIONS of its own is no preflight')
  })

  it('takes back, and gives, what a reload changes', async () => {
    const reload = async (cors: object, expected: (answer: PageAnswer) => boolean, credentials = false) => {
      await server.writeConfig({ plugins, cors })
      server.signal('SIGHUP')
      const patch = { target: `${rows}?where.eq.id=1`, method: 'PATCH', headers: [authorization()], body: '{"v":"a"}' }
      await until(async () => expected(await ask({ ...patch, origin: other, credentials })), { what: 'the reload' })
    }
    const isOpen = (answer: PageAnswer) => 'status' in answer
    await reload({ enabled: true, origins: ['*'] }, isOpen)
    assert.match(blocked(await ask({ target: rows, origin: other, credentials: true })), /origin \*/)
    await reload({ enabled: true, origins: [other], credentials: true }, isOpen, true)
    assert.match(blocked(await ask({ target: rows, origin: page, credentials: true })), /origin not named/)
    await reload({ enabled: true, origins: [other], methods: ['GET'] }, (answer) =>
      /method PATCH/.test(blocked(answer)),
    )
    await reload({ enabled: false }, (answer) => /origin not named/.test(blocked(answer)))
    assert.doesNotMatch((await server.request(rows)).header('vary') ?? '', /Origin/)
  })

  function ask(request: PageRequest): Promise<PageAnswer> {
    return askAsPage(server, request)
  }
})

const blocked = (answer: PageAnswer): string => ('blocked' in answer ? answer.blocked : '')
