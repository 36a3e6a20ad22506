import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fixtureProgram } from '../support/fixture-program.js'
import type { Header, HttpAnswer } from '../support/http.js'
import { authorization } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'

const large = 'where.eq.rows=5000&where.eq.bytes=200'

describe('Conditions and streams', () => {
  let server: TestServer

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        const path = await fixtureProgram('streaming-plugin', directory)
        const connection = { uri: 'streaming://one', path }
        return {
          plugins: {
            s: connection,
            tagged: { ...connection, enable_cache: true },
            whole: { ...connection, enable_cache: true, env: { NO_STREAM: '1' } },
          },
        }
      },
    })
  })
  after(() => server?.stop())

  const get = (target: string, ...headers: Header[]): Promise<HttpAnswer> =>
    server.request(target, { headers: [authorization(), ...headers] })

  it('a stream has no tag, so a tag names something else', async () => {
    for (const target of [`/api/s/t/?${large}`, `/api/tagged/t/?${large}`, `/api/tagged/t/?${large}&format=csv`]) {
      const answer = await get(target, ['If-None-Match', '"x"'])
      assert.equal(answer.status, 200)
      assert.equal(answer.header('etag'), undefined)
      assert.equal(answer.header('content-length'), undefined, 'control: it is a stream')
    }
  })

  it('a stream that is not wanted is ended', async () => {
    const before = await left()
    const unwanted = await get(`/api/s/t/?${large}`, ['If-None-Match', '*'])
    assert.equal(unwanted.status, 304)
    const failed = await get(`/api/s/t/?${large}`, ['If-Match', '"x"'])
    assert.equal(failed.status, 412)
    assert.match((failed.json() as { detail: string }).detail, /stream/)
    await until(async () => (await left()) >= before + 2, { what: 'both streams to be ended' })
  })

  it('an export that fits into a message has a tag when it may matter', async () => {
    const target = 'where.eq.rows=3&format=csv'
    assert.equal((await get(`/api/s/t/?${target}`)).header('etag'), undefined, 'control: it is streamed')
    const tag = (await get(`/api/tagged/t/?${target}`)).header('etag')
    assert.match(tag ?? '', /-csv"$/)
    assert.equal((await get(`/api/s/t/?${target}`, ['If-None-Match', tag!])).status, 304)
  })

  it('an answer of any size has a tag where the plugin cannot stream', async () => {
    const answer = await get(`/api/whole/t/?${large}`)
    assert.ok(answer.body.length > 900_000)
    const tag = answer.header('etag')
    assert.equal((await get(`/api/whole/t/?${large}`, ['If-None-Match', tag!])).status, 304)
    const csv = await get(`/api/whole/t/?${large}&format=csv`)
    assert.equal(csv.header('etag'), tag?.replace(/"$/, '-csv"'))
    assert.equal((await get(`/api/whole/t/?${large}&format=csv`, ['If-None-Match', '*'])).status, 304)
  })

  async function left(): Promise<number> {
    const [record] = (await get('/api/s/record/')).json() as { left: number; finished: number }[]
    return record!.left + record!.finished
  }
})
