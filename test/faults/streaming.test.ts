import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { forRun } from '@easyrest/protocol/testing'
import { fixtureProgram } from '../support/fixture-program.js'
import type { HttpAnswer } from '../support/http.js'
import { memoryGrowth } from '../support/memory-growth.js'
import { openAnswer, readPaced } from '../support/paced-read.js'
import { authorization } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'

/** The long run reads 200 MB at 1 MB/s to the end; the normal one reads 80 MB, five seconds of it slowly. */
const megabytes = forRun(80, 200)
const pacedMs = forRun(5000, Number.POSITIVE_INFINITY)
const maxGrowth = 32

describe('Streaming', { timeout: 280_000 }, () => {
  let server: TestServer

  before(async () => {
    server = await startServer({
      config: async (directory) => {
        const path = await fixtureProgram('streaming-plugin', directory)
        // A second for every wait, so that a deadline over a whole stream would be noticed.
        const connection = { uri: 'streaming://one', path, limits: { timeout: '1s' } }
        return { access_log: true, plugins: { s: connection, whole: { ...connection, env: { NO_STREAM: '1' } } } }
      },
    })
  })
  after(async () => {
    const exit = await server?.stop()
    assert.deepEqual(
      exit,
      { code: 0, signal: null },
      `expected the server to live until now:\n${server?.log().slice(-3000)}`,
    )
  })

  const get = (target: string): Promise<HttpAnswer> => server.request(target, { headers: [authorization()] })

  describe('an answer that is too large for one message', () => {
    it('comes as a stream, and is the same to the byte', async () => {
      const streamed = await get(`/api/s/t/?${wish({ rows: 5000, bytes: 200 })}`)
      const whole = await get(`/api/whole/t/?${wish({ rows: 5000, bytes: 200 })}`)
      assert.equal(streamed.status, 200)
      assert.equal(streamed.header('content-type'), whole.header('content-type'))
      assert.ok(streamed.body.equals(whole.body))
      assert.equal(streamed.header('content-length'), undefined)
      assert.equal(streamed.header('content-range'), undefined)
      assert.equal(whole.header('content-length'), String(whole.body.length), 'control: this one is no stream')
      assert.equal(whole.header('content-range'), '0-4999/*')
    })

    it('is converted to the same bytes from a stream and from one message', async () => {
      for (const format of ['ndjson', 'csv']) {
        const [streamed, whole] = await Promise.all(
          ['s', 'whole'].map((name) => get(`/api/${name}/t/?format=${format}&${wish({ rows: 5000, bytes: 200 })}`)),
        )
        assert.ok(streamed!.body.length > 900_000)
        assert.ok(streamed!.body.equals(whole!.body))
      }
    })

    it('is 413 with the next step when the plugin cannot stream', async () => {
      const answer = await get(`/api/whole/t/?${wish({ rows: 70_000, bytes: 1000 })}`)
      assert.equal(answer.status, 413)
      const problem = answer.json() as { code: string; hint: string }
      assert.equal(problem.code, 'too_large')
      assert.match(problem.hint, /limit/)
    })

    it('has a HEAD that ends the stream', async () => {
      const before = await leftStreams(get)
      const answer = await server.request(`/api/s/t/?${wish({ rows: 50_000, bytes: 200 })}`, {
        method: 'HEAD',
        headers: [authorization()],
      })
      assert.equal(answer.status, 200)
      await untilLeft(get, before + 1)
    })
  })

  describe('an error', () => {
    it('before the first byte is an ordinary problem', async () => {
      const answer = await get(`/api/s/t/?format=ndjson&${wish({ rows: 9000, bytes: 200, fail_after: 0 })}`)
      assert.equal(answer.status, 503)
      assert.equal((answer.json() as { code: string }).code, 'unavailable')
    })

    for (const format of ['json', 'ndjson', 'csv']) {
      it(`behind the first byte breaks the connection (${format})`, async () => {
        const target = `/api/s/t/?format=${format}&rows=9000`.replace('rows=9000', wish({ rows: 9000, bytes: 200 }))
        await assert.rejects(get(`${target}&where.eq.fail_after=2`), /aborted|broke/)
        await server.logLine(/GET \/api\/s\/t\/: 503 unavailable/)
        const complete = await get(target)
        assert.equal(complete.status, 200, 'control: without the error the same request ends well')
      })
    }

    it('behind the first byte is a reset for HTTP/1.0, whose bodies end with the connection', async () => {
      const target = `/api/s/t/?${wish({ rows: 9000, bytes: 200 })}`
      assert.equal(await http10(server, `${target}&where.eq.fail_after=2`), 'reset')
      assert.equal(await http10(server, target), 'end', 'control: a whole body ends the connection in peace')
    })

    it('is what the death of the plugin is', async () => {
      const answer = await openAnswer(server.origin, `/api/s/t/?${wish({ rows: 90_000, bytes: 1000 })}`, [
        authorization(),
      ])
      await once(answer, 'readable')
      process.kill(await pidOfPlugin(server), 'SIGKILL')
      await assert.rejects(readPaced(answer, Number.POSITIVE_INFINITY, 0), /aborted/)
      await until(async () => (await get('/api/s/record/')).status === 200, { what: 'the next process' })
    })
  })

  describe('a client that goes away', () => {
    it('while the plugin looks for the next rows ends its query within a second', async () => {
      const before = await leftStreams(get)
      const answer = await openAnswer(server.origin, `/api/s/t/?${wish({ rows: 9000, bytes: 200, pause_ms: 900 })}`, [
        authorization(),
      ])
      await once(answer, 'readable')
      await hangUpAndTime(answer, get, before)
    })

    it('while it does not read ends its query within a second', async () => {
      const before = await leftStreams(get)
      const answer = await openAnswer(server.origin, `/api/s/t/?${wish({ rows: 90_000, bytes: 1000 })}`, [
        authorization(),
      ])
      await sleep(500)
      assert.equal(await leftStreams(get), before, 'control: the stream is held up, not ended')
      await hangUpAndTime(answer, get, before)
    })

    it('leaves nothing behind', async () => {
      const log = server.log().length
      for (let client = 0; client < 100; client++) {
        const answer = await openAnswer(server.origin, `/api/s/t/?${wish({ rows: 9000, bytes: 1000 })}`, [
          authorization(),
        ])
        answer.on('error', () => {})
        answer.destroy()
      }
      // More streams than a connection has slots have come and gone.
      assert.equal((await get(`/api/s/t/?${wish({ rows: 5000, bytes: 200 })}`)).status, 200)
      assert.doesNotMatch(server.log().slice(log), /"level":50/, 'expected no error in the log')
    })
  })

  describe('a reader at 1 MB/s', () => {
    it(`of ${megabytes} MB costs the host at most ${maxGrowth} MB, and holds up nobody`, async (t) => {
      const rows = megabytes * 1000
      let slowest = 0
      let reading = true
      const watchOthers = async (): Promise<void> => {
        while (reading) {
          slowest = Math.max(slowest, (await get('/api/s/record/')).durationMs)
          await sleep(100)
        }
      }
      const read = async (): Promise<void> => {
        const answer = await openAnswer(server.origin, `/api/s/t/?${wish({ rows, bytes: 1000 })}`, [authorization()])
        const length = await readPaced(answer, 1_000_000, pacedMs).finally(() => {
          reading = false
        })
        assert.ok(length > rows * 990, `expected the whole body, got ${length} bytes`)
      }
      const growth = await memoryGrowth(server.pid, () => Promise.all([read(), watchOthers()]))
      t.diagnostic(`the host grew by ${growth} MB; the slowest other request took ${Math.round(slowest)} ms`)
      assert.ok(growth <= maxGrowth, `the host grew by ${growth} MB`)
      assert.ok(slowest < 1000, `another request took ${slowest} ms`)
    })

    it('costs a naive writer more (control)', async (t) => {
      const program = fileURLToPath(new URL('../support/fixtures/naive-writer.js', import.meta.url))
      const env = { ...process.env, MEGABYTES: String(megabytes) }
      const naive = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
      t.after(() => naive.kill('SIGKILL'))
      const [port] = (await once(naive.stdout!, 'data')) as [Buffer]
      const growth = await memoryGrowth(naive.pid!, async () => {
        const answer = await openAnswer(`http://127.0.0.1:${String(port).trim()}`, '/')
        await readPaced(answer, 1_000_000, 2000)
      })
      t.diagnostic(`the naive writer grew by ${growth} MB`)
      assert.ok(growth > maxGrowth, `the naive writer grew by ${growth} MB only: the check proves nothing`)
    })
  })
})

type Get = (target: string) => Promise<HttpAnswer>

const wish = (wishes: Record<string, number>): string =>
  Object.entries(wishes)
    .map(([name, value]) => `where.eq.${name}=${value}`)
    .join('&')

interface StreamRecord {
  readonly left: number
  readonly left_at: number
}

async function recordOf(get: Get): Promise<StreamRecord> {
  const [record] = (await get('/api/s/record/')).json() as [StreamRecord]
  return record
}

async function leftStreams(get: Get): Promise<number> {
  return (await recordOf(get)).left
}

async function untilLeft(get: Get, count: number): Promise<StreamRecord> {
  return until(
    async () => {
      const record = await recordOf(get)
      return record.left >= count && record
    },
    { what: 'the plugin to end its stream', timeoutMs: 5000 },
  )
}

async function hangUpAndTime(answer: Awaited<ReturnType<typeof openAnswer>>, get: Get, before: number): Promise<void> {
  const hungUp = Date.now()
  answer.on('error', () => {})
  answer.destroy()
  const { left_at } = await untilLeft(get, before + 1)
  assert.ok(left_at - hungUp < 1000, `it took ${left_at - hungUp} ms`)
}

/** How the connection of an HTTP/1.0 request ends. */
function http10({ origin }: TestServer, target: string): Promise<'end' | 'reset'> {
  const { hostname, port } = new URL(origin)
  const [name, value] = authorization()
  return new Promise((resolve) => {
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
    socket.on('error', () => resolve('reset'))
    // libuv may take a reset for an end when data came with it; only after a reset nothing can be written.
    socket.on('end', () => {
      socket.write('x', (error) => {
        if (!error) resolve('end')
      })
    })
    socket.resume()
    socket.write(`GET ${target} HTTP/1.0\r\n${name}: ${value}\r\n\r\n`)
  })
}

async function pidOfPlugin(server: TestServer): Promise<number> {
  const line = await server.logLine(/"connection":"s".*ready/)
  return (JSON.parse(line) as { pid: number }).pid
}
