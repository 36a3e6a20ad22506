import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fixtureProgram } from '../support/fixture-program.js'
import { zombiesOf } from '../support/is-running.js'
import { memoryGrowth } from '../support/memory-growth.js'
import { authorization } from '../support/pid-connection.js'
import { repositoryPath } from '../support/repository-path.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { until } from '../support/until.js'

interface EvilAnswer {
  /** The table of test/support/plugins/wire-plugin.mjs that answers so. */
  readonly table: string
  readonly status: number
  readonly code?: string
  /** What the log says; undefined: nothing, because the answer says it all. */
  readonly log?: RegExp
  /** What makes it so; without it the test of this table fails. */
  readonly guard: string
}

const deadline = 'the deadline of every call (unary-caller.ts)'
const size = 'grpc.max_receive_message_length (open-channel.ts)'
const grpcJs = "grpc-js's own checks, named in to-call-error.ts"

/** What a plugin may answer to a read instead of a message of the contract. */
const answers: readonly EvilAnswer[] = [
  { table: 'declares_2_gb', status: 413, code: 'too_large', guard: size },
  { table: 'sends_65_mb', status: 413, code: 'too_large', guard: size },
  { table: 'gzip_rubbish', status: 502, log: /Failed to decompress gzip/, guard: grpcJs },
  { table: 'unknown_encoding', status: 502, log: /gRPC status undefined/, guard: 'the last branch of fromStatus' },
  { table: 'bad_protobuf', status: 502, log: /Response message parsing error/, guard: grpcJs },
  { table: 'cut_message', status: 502, log: /No message received/, guard: 'noAnswer (to-call-error.ts)' },
  { table: 'no_message', status: 502, log: /No message received/, guard: 'noAnswer (to-call-error.ts)' },
  { table: 'two_messages', status: 504, code: 'timeout', log: /before the deadline/, guard: deadline },
  { table: 'never', status: 504, code: 'timeout', log: /before the deadline/, guard: deadline },
  { table: 'no_trailers', status: 502, log: /Call ended without gRPC status/, guard: grpcJs },
  { table: 'reset', status: 502, log: /Received RST_STREAM with code 2/, guard: grpcJs },
  { table: 'http_500', status: 502, log: /Received HTTP status code 500/, guard: 'noAnswer (to-call-error.ts)' },
  // What is no frame is one of absurd length.
  { table: 'not_grpc', status: 413, code: 'too_large', guard: size },
  { table: 'odd_status', status: 502, log: /gRPC status 99/, guard: 'the last branch of fromStatus' },
  { table: 'status_word', status: 502, log: /gRPC status NaN/, guard: 'the last branch of fromStatus' },
  { table: 'leaky_status', status: 502, log: /syntax error in SELECT/, guard: 'fromCall in error-response.ts' },
  { table: 'large_trailers', status: 502, log: /RST_STREAM/, guard: 'the header limit of HTTP/2' },
  { table: 'rubbish_error', status: 502, log: /expected an Error message in the trailer/, guard: 'fromTrailer' },
  {
    table: 'breaks_connection',
    status: 502,
    code: 'plugin_crashed',
    log: /its connection broke/,
    guard: 'hang-watch.ts',
  },
  { table: 'absurd_counts', status: 502, log: /larger than 2\^53 - 1/, guard: 'the reader of protocol/src/wire' },
  // The core never parses a row, except to write another format.
  { table: 'no_json', status: 200, guard: 'none: the plugin answers for its bytes' },
  { table: 'no_json/?format=csv', status: 502, log: /rows are not JSON objects/, guard: 'the JSON scanner' },
  { table: 'no_objects/?format=csv', status: 502, log: /expected a row at byte 0/, guard: 'the JSON scanner' },
  { table: 'deep/?format=csv', status: 502, log: /rows are not JSON objects/, guard: 'the JSON scanner' },
  { table: 'a_million_columns/?format=csv', status: 502, log: /more than 100000 members/, guard: 'the JSON scanner' },
  { table: 'a_million_rows', status: 200, guard: 'none is needed' },
  // grpc-js looks at the lowest bit only, and the answer is whole.
  { table: 'unknown_flag', status: 200, guard: 'none is needed' },
]

describe('A plugin that answers nonsense', () => {
  let server: TestServer

  before(async () => {
    server = await startServer({
      config: async (directory) => ({
        plugins: {
          evil: {
            uri: 'wire://user:hunter2@host/db',
            path: repositoryPath('test', 'support', 'plugins', 'wire-plugin.mjs'),
            limits: { timeout: '3s' },
          },
          good: { uri: 'pid://one', path: await fixtureProgram('pid-plugin', directory) },
        },
      }),
    })
    for (let count = 0; count < 200; count++) await get(count % 2 ? 'good' : 'evil', 'plain')
  })
  after(() => server?.stop())

  for (const { table, status, code = 'plugin_error', log, guard } of answers) {
    it(`gets a status, a log line and no trust: ${table} (guard: ${guard})`, async () => {
      const answer = await get('evil', table)
      assert.equal(answer.status, status, answer.text())
      if (status !== 200) assert.equal((answer.json() as { code: string }).code, code)
      assert.doesNotMatch(answer.text(), /SELECT|hunter2|RST_STREAM|parsing/, 'what it said is for the log')
      if (log !== undefined) await server.logLine(log)
      assert.doesNotMatch(server.log(), /hunter2/)
      assert.equal((await get('good', 'any')).status, 200)
      await until(async () => (await get('evil', 'plain')).status === 200, { what: 'the connection to work again' })
    })
  }

  it('costs neither memory nor the time of other connections, and leaves no zombie', async () => {
    const quiet = await worstOf(good(40))
    let running = true
    const others: Promise<number[]> = goodWhile(() => running)
    const growth = await memoryGrowth(server.pid, async () => {
      for (let round = 0; round < 3; round++) {
        for (const { table } of answers) if (!apart.has(table)) await get('evil', table)
      }
    })
    running = false
    const worst = await worstOf(others)
    assert.ok(growth <= 32, `the host grew by ${growth} MB`)
    // Twice the quiet time is what counts; 300 ms are the least that a busy machine can be held to.
    assert.ok(worst <= Math.max(2 * quiet, 300), `p99 of the others: ${worst} ms, ${quiet} ms before`)
    assert.deepEqual(zombiesOf(server.pid), [])
  })

  it('may unpack to no more than a message may hold', async () => {
    // A message may have 64 MiB, and grpc-js unpacks in memory: three times the other bound, whatever it unpacks to.
    const growth = await memoryGrowth(server.pid, async () => {
      for (let round = 0; round < 3; round++) assert.equal((await get('evil', 'gzip_bomb')).status, 413)
    })
    assert.ok(growth <= 192, `the host grew by ${growth} MB for 300 MB of zeros`)
  })

  const get = (connection: string, table: string) =>
    server.request(`/api/${connection}/${table.includes('/') ? table : `${table}/`}`, { headers: [authorization()] })

  async function good(count: number): Promise<number[]> {
    const times: number[] = []
    for (let index = 0; index < count; index++) times.push((await get('good', 'any')).durationMs)
    return times
  }

  async function goodWhile(wanted: () => boolean): Promise<number[]> {
    const times: number[] = []
    while (wanted()) {
      const answer = await get('good', 'any')
      assert.equal(answer.status, 200)
      times.push(answer.durationMs)
      await sleep(10)
    }
    return times
  }
})

/** Those that wait for the deadline or a new process, and those that are large and whole: they cost what they hold. */
const apart = new Set(['two_messages', 'never', 'breaks_connection', 'a_million_rows', 'a_million_columns/?format=csv'])

/** The 99th percentile. */
async function worstOf(times: Promise<readonly number[]>): Promise<number> {
  const sorted = [...(await times)].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN
}
