import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PluginError } from '@easyrest/protocol'
import { Metadata, status } from '@grpc/grpc-js'
import { oddProgram } from './fixtures/odd-program.js'
import { cacheService, dbService, type PluginUnderTest, startPlugin, stdioService } from './testing.js'

let plugin: PluginUnderTest

before(async () => {
  plugin = await startPlugin(oddProgram)
  await plugin.call(dbService.InitConnection, { uri: 'odd://one' })
  await plugin.call(cacheService.InitConnection, { uri: 'odd://one' })
})

after(() => plugin.stop())

const get = (table: string, options?: Parameters<PluginUnderTest['call']>[2]) =>
  plugin.call(dbService.TableGet, { table }, options)

const failure = async (call: Promise<unknown>): Promise<PluginError> => {
  const error = await call.then(
    () => assert.fail('expected a failure'),
    (thrown) => thrown,
  )
  assert.ok(error instanceof PluginError, String(error))
  return error
}

const logged = async (text: string | RegExp): Promise<void> => {
  for (let tries = 0; tries < 100; tries++) {
    if (plugin.stderr.search(text) !== -1) return
    await sleep(20)
  }
  assert.fail(`not in the log: ${text}\n${plugin.stderr}`)
}

test('InitConnection: the rules hold for every plugin', async () => {
  const fresh = await startPlugin(oddProgram)
  const init = (uri: string) => fresh.call(dbService.InitConnection, { uri, connectionName: 'c' })
  assert.equal((await failure(fresh.call(dbService.TableGet, { table: 'plain' }))).reason, 'unavailable')
  assert.equal((await failure(fresh.call(cacheService.Get, { key: 'k' }))).reason, 'unavailable')
  const scheme = await failure(init('other://x:secret@host'))
  assert.equal(scheme.reason, 'bad_value')
  assert.equal(scheme.message, 'expected a URI that begins with odd:// or Odder://, got the scheme "other"')
  assert.equal((await failure(init('nonsense'))).reason, 'bad_value')
  assert.equal((await failure(init('odd://down'))).reason, 'unavailable')
  assert.equal((await failure(fresh.call(dbService.TableGet, { table: 'plain' }))).reason, 'unavailable')
  assert.deepEqual(await init('ODDER://up'), { server: 'odd 2' })
  assert.deepEqual(await Promise.all([init('ODDER://up'), init('ODDER://up')]), [
    { server: 'odd 2' },
    { server: 'odd 2' },
  ])
  assert.equal((await failure(init('odd://other'))).reason, 'bad_value')
  await fresh.stop()
})

test('row bytes pass as they are, and objects are printed exactly', async () => {
  const plain = await get('plain')
  assert.equal(Buffer.from(plain.rows).toString(), ' [ {"n" : 123456789012345678901234567890.10} ] ')
  assert.deepEqual([plain.rowCount, plain.total, plain.lastKey.length], [1, undefined, 0])
  const objects = await get('objects')
  assert.equal(
    Buffer.from(objects.rows).toString(),
    '[{"id":1152921504606846976,"blob":"aGk=","text":"a\ufffdb","none":null}]',
  )
})

test('a PluginError arrives whole, however large or odd, with its gRPC status', async () => {
  const refused = await failure(get('refused'))
  assert.equal(refused.reason, 'unique')
  assert.equal(refused.message, 'taken \ufffd "ä"')
  assert.deepEqual(Object.keys(refused.details), ['column', 'log'])
  assert.equal(refused.details.log!.length, 1024)
  assert.equal((await failure(get('busy'))).retryAfterMs, 1500)
})

test('of an error that fits into no header the beginning arrives', async () => {
  const { reason, message, details } = await failure(get('verbose'))
  assert.deepEqual([reason, message], ['check', 'ä'.repeat(1024)])
  assert.deepEqual(details, { note0: 'ä'.repeat(1024) })
})

test('anything else that is thrown goes to the log, and only there', async () => {
  for (const table of ['broken', 'thrown_text']) {
    const error = await failure(get(table))
    assert.equal(error.reason, 'internal')
    assert.equal(error.message, 'the plugin failed; its log says why')
  }
  await logged(/TableGet failed: password=secret/)
  await logged(/TableGet failed: 'just text'/)
})

test('rows of a request that are no JSON are the fault of the request', async () => {
  const error = await failure(get('bad_json'))
  assert.equal(error.reason, 'bad_value')
  assert.match(error.message, /^the rows are wrong: /)
})

test('a time to live of nothing is refused before any cache sees it', async () => {
  const error = await failure(plugin.call(cacheService.Set, { key: 'k', value: 'v', ttlMs: 0 }))
  assert.equal(error.reason, 'bad_value')
  assert.match(error.message, /expected ttl_ms > 0, got 0/)
})

const wrongAnswers: [table: string, text: RegExp][] = [
  ['undefined', /tableGet: expected an object, got undefined/],
  ['text_rows', /tableGet answered a wrong .*rows.*: expected .* got a string/],
  ['bad_row', /tableGet: row 1: expected an object \(column -> value\), got 17/],
  ['bad_column', /tableGet: row 1, column .*b.*: expected a value JSON can hold, got undefined/],
  ['no_count', /tableGet answered a wrong .*rowCount.*: expected rowCount: an integer from 0, got undefined/],
  ['not_an_array', /expected rows: JSON that begins with \[ and ends with \]/],
]

for (const [table, text] of wrongAnswers) {
  test(`a wrong answer is an error that says what is wrong: ${table}`, async () => {
    assert.equal((await failure(get(table))).reason, 'internal')
    await logged(text)
  })
}

test('a wrong count of a write is an error too; the other calls answer', async () => {
  assert.equal((await failure(plugin.call(dbService.TableCreate, { table: 't' }))).reason, 'internal')
  const updated = await plugin.call(dbService.TableUpdate, { table: 't' })
  assert.deepEqual([updated.affected, updated.rows.length], [1, 0])
  const removed = await plugin.call(dbService.TableDelete, { table: 't' })
  assert.deepEqual([removed.affected, removed.rowCount, String(removed.rows)], [1, 1, '[{"id":1}]'])
  const schema = await plugin.call(dbService.GetSchema)
  assert.deepEqual([String(schema.schema), schema.version], ['{"tables":{},"views":{},"rpc":{}}', '1'])
})

test('the SDK holds reads to expect_single and max_reply_bytes', async () => {
  const single = await failure(plugin.call(dbService.TableGet, { table: 'prints', expectSingle: true }))
  assert.deepEqual([single.reason, single.message], ['singular', 'expected exactly one row, found 0'])
  const large = await failure(plugin.call(dbService.TableGet, { table: 'plain', maxReplyBytes: 10 }))
  assert.equal(large.reason, 'too_large')
})

test('a deadline answers at once, though the handler goes on', async () => {
  const started = Date.now()
  // The header alone: the client has no deadline of its own, so this is the plugin's answer.
  const metadata = new Metadata()
  metadata.set('grpc-timeout', '150m')
  const error = await get('hang', { timeoutMs: Infinity, metadata }).catch((thrown) => thrown)
  assert.ok(error.reason === 'timeout' || error.code === status.DEADLINE_EXCEEDED, String(error))
  assert.ok(Date.now() - started < 5000)
})

test('cancelling aborts the signal, and so does the deadline', async () => {
  const controller = new AbortController()
  const cancelled = get('cancelled', { signal: controller.signal })
  setTimeout(() => controller.abort(), 100)
  await assert.rejects(cancelled, { code: status.CANCELLED })
  await logged('aborted: cancelled')
  // Either side's clock may be first.
  const late = await get('cancelled', { timeoutMs: 100 }).catch((thrown) => thrown)
  assert.ok(late.reason === 'timeout' || late.code === status.DEADLINE_EXCEEDED, String(late))
  await logged('aborted: timeout')
})

test('a promise that fails behind the back of a call is logged and survived', async () => {
  await get('rejects_later')
  await logged('nobody waits for this')
  assert.equal((await get('plain')).rowCount, 1)
})

test('a request that does not decode is refused', async () => {
  const rpc = { ...dbService.TableGet, requestSerialize: () => Buffer.from([0x0a, 0xff]) }
  assert.equal((await failure(plugin.call(rpc, {}))).reason, 'internal')
})

test('a stream is read at the pace of its reader and closed when the reader goes', async () => {
  const whole = plugin.stream(dbService.TableGetStream, { table: 'plain' })
  let count = 0
  for await (const chunk of whole) count += chunk.rowCount
  assert.equal(count, 1000)
  const left = plugin.stream(dbService.TableGetStream, { table: 'plain' })
  left.on('error', () => {})
  await once(left, 'data')
  const before = plugin.stderr.split('cursor closed').length
  left.cancel()
  for (let tries = 0; plugin.stderr.split('cursor closed').length === before && tries < 100; tries++) await sleep(20)
  assert.equal(plugin.stderr.split('cursor closed').length, before + 1)
})

test('an error behind the first chunk ends the stream with its reason', async () => {
  const broken = plugin.stream(dbService.TableGetStream, { table: 'breaks' })
  await assert.rejects(broken.toArray(), { code: status.DEADLINE_EXCEEDED, details: 'the cursor broke' })
})

test('the cache answers, misses and forgets', async () => {
  assert.deepEqual(await plugin.call(cacheService.Get, { key: 'k' }), { value: undefined })
  await plugin.call(cacheService.Set, { key: 'k', value: '', ttlMs: 1000 })
  assert.deepEqual(await plugin.call(cacheService.Get, { key: 'k' }), { value: '' })
  await plugin.call(cacheService.Delete, { key: 'k' })
  assert.deepEqual(await plugin.call(cacheService.Get, { key: 'k' }), { value: undefined })
})

test('2000 calls at once are all answered', async () => {
  const answers = await Promise.all(Array.from({ length: 2000 }, () => get('plain')))
  assert.equal(answers.length, 2000)
})

test('what a plugin prints arrives on the stdio stream, the latest first to stay', async () => {
  await get('prints')
  await get('floods')
  const stdio = plugin.stream(stdioService.StreamStdio)
  stdio.on('error', () => {})
  let text = ''
  stdio.on('data', ({ channel, data }) => {
    assert.equal(channel, 'STDOUT')
    text += data
  })
  await get('prints')
  for (let tries = 0; !text.endsWith('printed by a plugin\n') && tries < 100; tries++) await sleep(20)
  assert.ok(text.endsWith(`${'x'.repeat(1000)}\nprinted by a plugin\n`))
  assert.ok(text.length <= 256 * 1024 + 1000)
  await logged('the oldest is dropped')
  assert.equal(plugin.stdout.length, 1)
})

test('log lines are hclog lines', () => {
  const lines = plugin.stderr.trim().split('\n')
  for (const line of lines) {
    const parsed = JSON.parse(line)
    assert.match(parsed['@timestamp'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    assert.ok(['info', 'warn', 'error'].includes(parsed['@level']))
    assert.equal(typeof parsed['@message'], 'string')
  }
})
