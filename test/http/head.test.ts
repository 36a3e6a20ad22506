import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { allReady } from '../support/all-ready.js'
import { fixtureProgram } from '../support/fixture-program.js'
import type { Header, HttpAnswer } from '../support/http.js'
import { authorization } from '../support/pid-connection.js'
import { sqlitePlugin } from '../support/repository-path.js'
import { type SqliteFile, sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'

describe('HEAD of a table', () => {
  let database: SqliteFile
  let server: TestServer

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        database = sqliteFile(directory.file('test.db'), tables)
        const plain = { uri: database.uri, path: sqlitePlugin() }
        const streaming = { uri: 'streaming://one', path: await fixtureProgram('streaming-plugin', directory) }
        return { plugins: { plain, tagged: { ...plain, enable_cache: true }, streaming } }
      },
    })
    await allReady(server, ['plain', 'tagged', 'streaming'])
  })
  after(async () => {
    database?.close()
    await server?.stop()
  })

  it('has the status and the headers of GET, but perhaps a length', async () => {
    for (const target of targets) {
      for (const place of ['plain json', 'plain csv', 'plain form', 'plain object', 'tagged csv']) {
        const [connection, format] = place.split(' ')
        const url = `/api/${connection}/${target}${target.includes('?') ? '&' : '?'}format=${format}`
        await Promise.all(wishes.map((headers) => compare(url, headers)))
      }
    }
  })

  it('reads no rows where the total tells all, or nothing has to be told', async () => {
    const exact: Header[] = [['Prefer', 'count=exact']]
    for (const [target, headers, range] of [
      ['things/', exact, '0-2/3'],
      ['things/?limit=2&offset=1&select=v,as:request.method', exact, '1-2/3'],
      ['things/?select=v&distinct=true&format=csv', exact, '0-1/2'],
      ['things/?format=ndjson', [], undefined],
      ['things/?format=csv', [], undefined],
    ] as const) {
      const answer = await ask('HEAD', `/api/plain/${target}`, headers)
      assert.deepEqual([answer.header('content-range'), answer.header('content-length')], [range, undefined], target)
    }
    const rows = '/api/streaming/t/?where.eq.rows=50&format=ndjson'
    const streams = async () => (await ask('GET', '/api/streaming/record/')).json()
    assert.deepEqual(await streams(), [{ finished: 0, left: 0, left_at: 0 }])
    assert.equal((await ask('HEAD', rows)).status, 200)
    assert.equal((await ask('GET', rows)).status, 200)
    assert.deepEqual(await streams(), [{ finished: 1, left: 0, left_at: 0 }], 'control: GET is a stream')
  })

  async function compare(url: string, headers: readonly Header[]): Promise<void> {
    const [read, head] = await Promise.all([ask('GET', url, headers), ask('HEAD', url, headers)])
    assert.deepEqual(described(head), described(read), `${url} ${JSON.stringify(headers)}`)
    assert.equal(head.body.length, 0)
    const length = head.header('content-length')
    assert.ok(length === undefined || length === read.header('content-length'), url)
  }

  function ask(method: string, target: string, headers: readonly Header[] = []): Promise<HttpAnswer> {
    return server.request(target, { method, headers: [authorization(), ...headers] })
  }
})

const described = (answer: HttpAnswer): unknown[] => [answer.status, ...compared.map((name) => answer.header(name))]

const compared = [
  ...['accept-ranges', 'cache-control', 'content-location', 'content-range', 'content-type', 'etag', 'link'],
  ...['preference-applied', 'range-unit', 'vary'],
]

const tables = `
  CREATE TABLE things (id INTEGER PRIMARY KEY, v TEXT);
  INSERT INTO things VALUES (1, 'a'), (2, 'b'), (3, 'b');
  CREATE TABLE empty (id INTEGER PRIMARY KEY);`

const targets = [
  ...['things/', 'empty/', 'none/', 'things/?select=none', 'things/?where.eq.id=x', 'things/?ordering=none'],
  ...['things/?limit=0', 'things/?limit=2', 'things/?limit=1&offset=2', 'things/?offset=3', 'things/?offset=9'],
  ...['things/?where.eq.id=2', 'things/?select=v&distinct=true', 'things/?select=count()', 'things/?select=v,count()'],
  ...['things/?select=id::text&limit=2', 'empty/?offset=1'],
]

const wishes: Header[][] = [
  [],
  [['Prefer', 'count=exact']],
  [['Prefer', 'count=exact, paging=keyset']],
  [['If-None-Match', '*']],
  [
    ['Range-Unit', 'items'],
    ['Range', '1-'],
  ],
  [
    ['Prefer', 'count=exact'],
    ['Range-Unit', 'items'],
    ['Range', '1-1'],
  ],
]
