import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { allReady } from '../support/all-ready.js'
import { fixtureProgram } from '../support/fixture-program.js'
import type { Header, HttpAnswer } from '../support/http.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { signToken } from '../support/token.js'

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
    await refused('/api/f/rpc/wipe/?format=form', 406, 'not_acceptable', '{}')
    await refused('/api/f/rpc/wipe/', 406, 'not_acceptable', '{}', [formOrJson])
    await refused('/api/f/rpc/wipe/?format=form', 400, 'max_affected', '{}', [['Prefer', 'max-affected=1']])
    await refused('/api/f/rpc/wipe/?where.eq.none=1', 400, 'unknown_column', '{}')
    await isThere()
    const touched = Number((await post('/api/f/rpc/touch/', '{}')).text())
    await refused('/api/f/rpc/touch/?format=csv', 400, 'bad_value', '{}')
    await refused('/api/f/rpc/touch/?format=form', 400, 'bad_value', '{}')
    await refused('/api/f/rpc/touch/?limit=1', 400, 'bad_value', '{}')
    await refused('/api/f/rpc/touch/', 400, 'bad_value', '{}', [['Prefer', 'max-affected=1']])
    await refused('/api/f/rpc/touch/?where.eq=1', 400, 'bad_parameter', '{}')
    await refused('/api/f/rpc/touch/?x=1', 400, 'unknown_parameter', '{}')
    assert.equal((await post('/api/f/rpc/touch/', '{}', [['Prefer', 'tx=rollback']])).text(), String(touched + 1))
    assert.equal((await post('/api/f/rpc/touch/', '{}')).text(), String(touched + 1), 'control: calls are counted')
    assert.equal((await post('/api/f/rpc/touch/', '{}', [formOrJson])).text(), String(touched + 2))

    const wiped = await post('/api/f/rpc/wipe/', '{}', [['Prefer', 'max-affected=3']])
    assert.equal(wiped.header('preference-applied'), 'tx=commit, timezone=UTC, max-affected=3')
    assert.equal((await post('/api/f/rpc/left/', '{}')).text(), '[]', 'control: it does wipe')
  })

  it('refuses before the call what the plugin cannot do', async () => {
    const wishes: [string, Header[]][] = [
      ['?where.eq.n=1', []],
      ['?limit=1', []],
      ['?format=csv', []],
      ['?format=form', []],
      ['', [formOrJson]],
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
  const formOrJson: Header = ['Accept', 'application/x-www-form-urlencoded, application/json;q=0.5']

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
