import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { allReady } from '../support/all-ready.js'
import { fixtureProgram } from '../support/fixture-program.js'
import type { Header, HttpAnswer } from '../support/http.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { type Claims, signToken } from '../support/token.js'

describe('GET of a function', () => {
  let server: TestServer

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        const path = await fixtureProgram('functions-plugin', directory)
        const connection = { uri: 'functions://one', path, public: { func: ['add'] }, exclude: { func: ['hidden'] } }
        return {
          plugins: {
            f: connection,
            bare: { ...connection, env: { NO_FILTERS: '1' }, max_limit: 2 },
            few: { ...connection, max_limit: 3, default_limit: 2 },
          },
        }
      },
    })
    await allReady(server, ['f', 'bare', 'few'])
  })
  after(() => server?.stop())

  it('N10: passes parameters as arguments, in texts that the plugin converts', async () => {
    const answer = await get('/api/f/rpc/add/?x=40&y=2')
    assert.deepEqual([answer.status, answer.text()], [200, '42'])
    assert.equal(answer.header('content-type'), 'application/json; charset=utf-8')
    await refused('/api/f/rpc/add/?x=a&y=2', 400, 'bad_value')
    await refused('/api/f/rpc/add/?x=1', 400, 'bad_value')
    await refused('/api/f/rpc/nothing/?x=1', 404, 'unknown_function')
  })

  it('calls it where it cannot write, and POST where it can', async () => {
    const { user, readOnly, given } = (await get('/api/f/rpc/me?a=1&b=%22&c=request.claims.sub')).json() as {
      user: string
      readOnly: boolean
      given: unknown
    }
    assert.deepEqual([user, readOnly], ['someone', true])
    assert.deepEqual(
      given,
      ['a', 'b', 'c'].map((name) => [name, 'string']),
    )
    await refused('/api/f/rpc/touch/', 403, 'permission')
    assert.equal((await post('/api/f/rpc/touch/')).text(), '1')
  })

  it('needs the right to read it, or none where it is public', async () => {
    assert.equal((await get('/api/f/rpc/me/', [], { scope: 'me-read' })).status, 200)
    await refused('/api/f/rpc/me/', 403, 'forbidden', [], { scope: 'me-write' })
    assert.equal((await server.request('/api/f/rpc/add/?x=1&y=1')).text(), '2')
    assert.equal((await server.request('/api/f/rpc/me/')).status, 401)
    assert.equal((await server.request('/api/f/rpc/add/', { method: 'POST', body: '{}' })).status, 401)
    await refused('/api/f/rpc/hidden/', 404, 'unknown_function')
    await refused('/api/f/rpc/nothing/', 404, 'unknown_function')
  })

  it('filters, orders and pages a set of rows', async () => {
    const answer = await get('/api/f/rpc/numbers/?count=9&where.eq.parity=odd&ordering=-n&select=m:n&limit=2&offset=1')
    assert.deepEqual([answer.status, answer.text()], [200, '[{"m":7},{"m":5}]'])
    assert.equal(answer.header('content-range'), '1-2/*')
    assert.equal((await get('/api/f/rpc/numbers/?count=9&or=(n.eq.1,n.gt.8)&select=n')).text(), '[{"n":1},{"n":9}]')
    const range = await get('/api/f/rpc/numbers/?count=9&select=n', [
      ['Range-Unit', 'items'],
      ['Range', '3-4'],
    ])
    assert.equal(range.text(), '[{"n":4},{"n":5}]')
    assert.equal((await get('/api/f/rpc/numbers/?count=0')).text(), '[]')
  })

  it('G13: answers a set in every format, and a value as JSON', async () => {
    assert.equal((await get('/api/f/rpc/numbers/?count=1&format=csv')).text(), 'n,parity\r\n1,odd\r\n')
    const single: Header[] = [['Accept', 'application/vnd.pgrst.object+json']]
    assert.equal((await get('/api/f/rpc/numbers/?count=1&select=n', single)).text(), '{"n":1}')
    await refused('/api/f/rpc/numbers/?count=2', 406, 'singular', single)
    await refused('/api/f/rpc/add/?x=1&y=1&format=csv', 406, 'not_acceptable')
    assert.equal((await get('/api/f/rpc/add/?x=1&y=1', [['Accept', 'text/csv, */*;q=0.1']])).text(), '2')
  })

  it('has no body for HEAD', async () => {
    const answer = await server.request('/api/f/rpc/numbers/?count=2', { method: 'HEAD', headers: headers() })
    assert.deepEqual([answer.status, answer.header('content-range'), answer.text()], [200, '0-1/*', ''])
  })

  it('keeps the limits of the connection where the plugin can', async () => {
    assert.equal(((await get('/api/few/rpc/numbers/?count=9')).json() as unknown[]).length, 2)
    assert.equal(((await get('/api/few/rpc/numbers/?count=9&limit=8')).json() as unknown[]).length, 3)
    assert.equal(((await get('/api/bare/rpc/numbers/?count=9')).json() as unknown[]).length, 9)
  })

  it('ignores nothing', async () => {
    for (const query of ['where.eq.n=1', 'or=(n.eq.1)', 'select=n', 'ordering=n', 'limit=1', 'offset=1']) {
      const answer = await refused(`/api/bare/rpc/numbers/?count=3&${query}`, 501, 'unsupported')
      assert.equal((answer.json() as { capability: string }).capability, 'function_filters')
      await refused(`/api/f/rpc/add/?x=1&y=2&${query}`, 400, 'bad_parameter')
    }
    await refused('/api/f/rpc/add/?x=1&x=2&y=1', 400, 'bad_parameter')
    await refused('/api/f/rpc/add/?x.y=1', 400, 'bad_identifier')
    await refused('/api/f/rpc/add/?x=erctx.nothing', 400, 'unknown_context_value')
    await refused('/api/f/rpc/numbers/?count=3&select=count()', 400, 'bad_parameter')
    await refused('/api/f/rpc/numbers/?count=3', 501, 'unsupported', [['If-None-Match', '"x"']])
  })

  it('counts where the plugin can', async () => {
    const exact: Header[] = [['Prefer', 'count=exact']]
    const counted = await get('/api/f/rpc/numbers/?count=9&where.eq.parity=odd&limit=2', exact)
    assert.deepEqual([counted.status, counted.header('content-range')], [206, '0-1/5'])
    assert.equal(counted.header('preference-applied'), 'count=exact')
    const beyond = await refused('/api/f/rpc/numbers/?count=9&offset=9', 416, 'range_not_satisfiable', exact)
    assert.equal(beyond.header('content-range'), '*/9')
    assert.equal((await get('/api/f/rpc/numbers/?count=9&offset=9')).text(), '[]')
    for (const target of ['/api/bare/rpc/numbers/?count=3', '/api/f/rpc/add/?x=1&y=1']) {
      const answer = await get(target, exact)
      assert.deepEqual([answer.status, answer.header('preference-applied')], [200, undefined], target)
    }
  })

  const headers = (claims: Claims = { scope: 'read write' }): Header[] => [
    ['Authorization', `Bearer ${signToken({ sub: 'someone', ...claims })}`],
  ]

  function get(target: string, more: Header[] = [], claims?: Claims): Promise<HttpAnswer> {
    return server.request(target, { headers: [...headers(claims), ...more] })
  }

  function post(target: string): Promise<HttpAnswer> {
    return server.request(target, { method: 'POST', headers: headers(), body: '{}' })
  }

  async function refused(target: string, status: number, code: string, more: Header[] = [], claims?: Claims) {
    const answer = await get(target, more, claims)
    assert.deepEqual(
      [answer.status, (answer.json() as { code?: string }).code],
      [status, code],
      `${target}: ${answer.text()}`,
    )
    return answer
  }
})
