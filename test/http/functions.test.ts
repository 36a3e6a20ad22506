import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import type { Header, HttpAnswer } from '../support/http.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { type Claims, signToken } from '../support/token.js'

/** On a busy machine a plugin may take longer than a request waits. */
const allReady = (server: TestServer, connections: readonly string[]): Promise<unknown> =>
  Promise.all(connections.map((name) => server.logLine(new RegExp(`"${name}: ready: `), 15_000)))

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

describe('POST of a function', () => {
  let server: TestServer

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        const path = await fixtureProgram('functions-plugin', directory)
        const connection = { uri: 'functions://one', path }
        return { plugins: { f: connection, bare: { ...connection, env: { NO_FILTERS: '1' } } } }
      },
    })
    await allReady(server, ['f', 'bare'])
  })
  after(() => server?.stop())

  it('L14: context values are arguments, in a form too', async () => {
    const token: Header = ['Authorization', `Bearer ${signToken({ scope: 'write', forty: '40' })}`]
    const form: Header = ['Content-Type', 'application/x-www-form-urlencoded']
    const add = (body: string, ...headers: Header[]) =>
      server.request('/api/f/rpc/add/', { method: 'POST', body, headers: [token, ...headers] })
    for (const name of ['erctx.claims_forty', 'request.claims.forty']) {
      assert.equal((await add(`{"x":"${name}","y":2}`)).text(), '42')
      assert.equal((await add(`x=${name}&y=2`, form)).text(), '42')
    }
  })

  it('takes its arguments from every kind of body', async () => {
    const bodies = {
      'application/json': '{"x":40,"y":2}',
      'application/x-www-form-urlencoded': 'x=40&y=2',
      'text/csv': 'x,y\r\n40,2\r\n',
      'application/x-ndjson': '{"x":40,"y":2}\n',
    }
    for (const [type, body] of Object.entries(bodies)) {
      assert.equal((await post('/api/f/rpc/add/', body, [['Content-Type', type]])).text(), '42', type)
    }
    await refused('/api/f/rpc/add/', 415, 'unsupported_media_type', '<x/>', [['Content-Type', 'text/xml']])
    await refused('/api/f/rpc/add/', 400, 'bad_body', '[{"x":1,"y":1}]')
    await refused('/api/f/rpc/add/', 400, 'duplicate_member', '{"x":1,"x":2}')
  })

  it('filters, orders, pages and counts a set of rows, in every format', async () => {
    const target = '/api/f/rpc/numbers/?where.eq.parity=odd&ordering=-n&select=m:n&limit=2'
    const answer = await post(target, '{"count":9}', [['Prefer', 'count=exact']])
    assert.deepEqual([answer.status, answer.text()], [206, '[{"m":9},{"m":7}]'])
    assert.equal(answer.header('content-range'), '0-1/5')
    assert.equal(answer.header('preference-applied'), 'count=exact, tx=commit, timezone=UTC')
    assert.equal((await post(`${target}&format=csv`, '{"count":9}')).text(), 'm\r\n9\r\n7\r\n')
    const single = await post('/api/f/rpc/numbers/?select=n', '{"count":1}', [object])
    assert.deepEqual([single.text(), single.header('content-type')], ['{"n":1}', `${object[1]}; charset=utf-8`])
  })

  it('N8: answers one shape for each kind of result', async () => {
    assert.equal((await post('/api/f/rpc/add/', '{"x":1,"y":1}')).text(), '2')
    assert.deepEqual((await post('/api/f/rpc/me/', '{}')).json(), { user: 'someone', readOnly: false, given: [] })
    assert.equal((await post('/api/f/rpc/me/', '{}', [object])).status, 200)
    assert.equal((await post('/api/f/rpc/numbers/', '{"count":0}')).text(), '[]')
  })

  it('C-04: writes nothing for an answer that the client cannot have', async () => {
    const isThere = async () => assert.equal(((await post('/api/f/rpc/left/', '{}')).json() as unknown[]).length, 3)
    await refused('/api/f/rpc/wipe/', 400, 'max_affected', '{}', [['Prefer', 'handling=strict, max-affected=1']])
    await refused('/api/f/rpc/wipe/', 406, 'singular', '{}', [object])
    await refused('/api/f/rpc/wipe/?where.eq.none=1', 400, 'unknown_column', '{}')
    await isThere()
    const touched = Number((await post('/api/f/rpc/touch/', '{}')).text())
    await refused('/api/f/rpc/touch/?format=csv', 400, 'bad_value', '{}')
    await refused('/api/f/rpc/touch/?limit=1', 400, 'bad_value', '{}')
    await refused('/api/f/rpc/touch/', 400, 'bad_value', '{}', [['Prefer', 'max-affected=1']])
    await refused('/api/f/rpc/touch/?where.eq=1', 400, 'bad_parameter', '{}')
    await refused('/api/f/rpc/touch/?x=1', 400, 'unknown_parameter', '{}')
    assert.equal((await post('/api/f/rpc/touch/', '{}', [['Prefer', 'tx=rollback']])).text(), String(touched + 1))
    assert.equal((await post('/api/f/rpc/touch/', '{}')).text(), String(touched + 1), 'control: calls are counted')

    const wiped = await post('/api/f/rpc/wipe/', '{}', [['Prefer', 'max-affected=3']])
    assert.equal(wiped.header('preference-applied'), 'tx=commit, timezone=UTC, max-affected=3')
    assert.equal((await post('/api/f/rpc/left/', '{}')).text(), '[]', 'control: it does wipe')
  })

  it('refuses before the call what the plugin cannot do', async () => {
    const wishes: [string, Header[]][] = [
      ['?where.eq.n=1', []],
      ['?limit=1', []],
      ['?format=csv', []],
      ['', [object]],
      ['', [['Prefer', 'max-affected=5']]],
    ]
    for (const [query, more] of wishes) {
      const answer = await refused(`/api/bare/rpc/wipe/${query}`, 501, 'unsupported', '{}', more)
      assert.equal((answer.json() as { capability: string }).capability, 'function_filters')
    }
    assert.equal(((await post('/api/bare/rpc/left/', '{}')).json() as unknown[]).length, 3)
    const either = await post('/api/bare/rpc/left/', '{}', [['Accept', 'text/csv, application/json;q=0.5']])
    assert.match(either.text(), /^n,parity\r\n/)
  })

  const object: Header = ['Accept', 'application/vnd.pgrst.object+json']

  function post(target: string, body: string, more: Header[] = []): Promise<HttpAnswer> {
    const authorization: Header = ['Authorization', `Bearer ${signToken({ sub: 'someone', scope: 'write' })}`]
    return server.request(target, { method: 'POST', headers: [authorization, ...more], body })
  }

  async function refused(target: string, status: number, code: string, body: string, more: Header[] = []) {
    const answer = await post(target, body, more)
    assert.deepEqual(
      [answer.status, (answer.json() as { code?: string }).code],
      [status, code],
      `${target}: ${answer.text()}`,
    )
    return answer
  }
})
