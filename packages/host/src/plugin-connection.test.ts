import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { PluginError, tableGetRequest } from '@easyrest/protocol'
import { callErrorOf, type Fixture, nothingLeft, openFor, openReady, pidOf, until } from './open-fixture.js'

test('a connection is ready, knows its plugin, answers calls, and leaves nothing behind', async (t) => {
  const fixture = await openReady(t)
  const { connection } = fixture
  assert.equal(connection.info?.name, 'fixture')
  assert.ok(connection.can('stream'))
  assert.ok(!connection.can('batch'))
  assert.equal(await pidOf(connection), connection.status.pid)
  await connection.cache.set({ key: 'a', value: 'b', ttlMs: 1000 })
  assert.deepEqual(await connection.cache.get({ key: 'a' }), { value: 'b' })
  assert.deepEqual(await connection.cache.get({ key: 'c' }), { value: undefined })
  const { lastError, ...status } = connection.status
  assert.deepEqual({ ...status, pid: 0, program: '', instances: [] }, { ...idle, pid: 0, program: '', instances: [] })
  assert.deepEqual(
    status.instances.map(({ pid }) => pid),
    [status.pid],
  )
  assert.equal(lastError, undefined)
  assert.deepEqual(kindsOf(fixture), ['plugin-started', 'plugin-log', 'plugin-ready'])
  assert.equal(fixture.of('plugin-ready')[0]?.server, 'Fixture 1')
  assert.deepEqual(await fixture.finish(), nothingLeft)
  assert.equal(fixture.of('plugin-exited')[0]?.expected, true)
})

test('calls made before the first start is over wait for it', async (t) => {
  const fixture = openFor(t, { evil: 'slow-start' })
  assert.equal(typeof (await pidOf(fixture.connection)), 'number')
})

test('a plugin process gets the environment of its connection and nothing else', async (t) => {
  process.env.PLUGIN_MULTIPLEX_GRPC = 'true'
  process.env.PASSED = 'yes'
  t.after(() => {
    delete process.env.PLUGIN_MULTIPLEX_GRPC
    delete process.env.PASSED
  })
  const { connection } = await openReady(t, { env: { OWN: '1' }, envPass: ['PASSED', 'NOT_THERE'] })
  const { rows } = await connection.db.tableGet(tableGetRequest('env'))
  const [env] = JSON.parse(Buffer.from(rows).toString())
  const expected = [
    'EASYREST_PLUGIN',
    'EASYREST_PLUGIN_HOST',
    'EASYREST_PLUGIN_STDIN_LIFELINE',
    'OWN',
    'PASSED',
    'PATH',
    'TMPDIR',
  ]
  const contract = ['PLUGIN_PROTOCOL_VERSIONS', 'PLUGIN_UNIX_SOCKET_DIR', 'MARKS']
  const optional = new Set(['HOME', 'LANG', 'TZ'])
  const names = Object.keys(env).filter((name) => !optional.has(name))
  assert.deepEqual(names.sort(), [...expected, ...contract].sort())
  assert.equal(env.TMPDIR, env.PLUGIN_UNIX_SOCKET_DIR)
  assert.equal(env.PLUGIN_PROTOCOL_VERSIONS, '2')
})

test('what is printed beside the handshake is reported and does no harm', async (t) => {
  const fixture = await openReady(t, { evil: 'two-lines' })
  await until(() => fixture.of('plugin-output').some(({ text }) => text.includes('ready to serve')))
  assert.equal(fixture.of('plugin-output')[0]?.text, '"starting up"')
})

test('a handshake with a byte order mark and CRLF is understood', async (t) => {
  const fixture = await openReady(t, { evil: 'windows-line' })
  assert.equal(typeof (await pidOf(fixture.connection)), 'number')
})

// Guards: read-paced.ts for the processor, the limits of plugin-output.ts and plugin-log.ts for the log.
for (const evil of ['stdout-flood', 'stderr-flood', 'stderr-endless-line']) {
  test(`a plugin that floods is drained, answers, and fills no log: ${evil}`, async (t) => {
    const fixture = await openReady(t, { evil })
    const cpu = process.cpuUsage()
    const readBefore = floodOf(fixture)
    await delay(1500)
    const { user, system } = process.cpuUsage(cpu)
    const share = (user + system) / 1500 / 1000
    assert.ok(share < 0.4, `the host spent ${Math.round(share * 100)} % of a processor`)
    const megabytes = (floodOf(fixture) - readBefore) / 1e6
    t.diagnostic(`${Math.round(share * 100)} % of a processor, ${Math.round(megabytes)} MB read`)
    assert.ok(megabytes < 60, `the host read ${megabytes} MB in 1.5 s, at 20 MB/s`)
    assert.equal(typeof (await pidOf(fixture.connection)), 'number')
    assert.ok(fixture.of('plugin-output').length <= 6, `${fixture.of('plugin-output').length} reports`)
    const logged = fixture.of('plugin-log').reduce((sum, { message }) => sum + message.length, 0)
    assert.ok(logged < 4_000_000, `${logged} characters logged`)
    if (evil !== 'stdout-flood')
      assert.ok(fixture.of('plugin-log').some(({ fields }) => Number(fields.droppedBytes) > 0))
    assert.deepEqual(await fixture.finish(), nothingLeft)
  })
}

test('a plugin with the least of services works', async (t) => {
  const fixture = await openReady(t, { evil: 'minimal' })
  assert.deepEqual(fixture.connection.info?.roles, ['db', 'cache'])
  assert.equal(typeof (await pidOf(fixture.connection)), 'number')
  assert.ok(!fixture.connection.can('query'))
  assert.deepEqual(await fixture.finish(), nothingLeft)
})

test('a plugin may listen on the loopback address in plain text only where that is wanted, whatever proxy is named', async (t) => {
  process.env.http_proxy = 'http://127.0.0.1:9'
  t.after(() => {
    delete process.env.http_proxy
  })
  const fixture = await openReady(t, { evil: 'tcp', tls: 'never' })
  assert.equal(typeof (await pidOf(fixture.connection)), 'number')
  assert.deepEqual(await fixture.finish(), nothingLeft)
})

test('a call without an answer ends at its deadline', async (t) => {
  const { connection } = await openReady(t)
  const start = performance.now()
  await callErrorOf(connection.db.tableGet(tableGetRequest('hang'), { timeoutMs: 200 }), 'timeout')
  const took = performance.now() - start
  assert.ok(took > 150 && took < 600, `${took} ms`)
  assert.equal(connection.status.inFlight, 0)
})

test('a call that its caller gives up ends at once', async (t) => {
  const { connection } = await openReady(t)
  const controller = new AbortController()
  const call = callErrorOf(connection.db.tableGet(tableGetRequest('hang'), { signal: controller.signal }), 'cancelled')
  await delay(50)
  controller.abort()
  await call
  await callErrorOf(connection.db.tableGet(tableGetRequest('pid'), { signal: controller.signal }), 'cancelled')
})

test('failures are told apart: the plugin answered, or something broke', async (t) => {
  const { connection } = await openReady(t)
  const get = (table: string) => connection.db.tableGet(tableGetRequest(table))
  const unique = await pluginErrorOf(get('unique'), 'unique')
  assert.deepEqual(
    { message: unique.message, details: unique.details },
    { message: 'users.email is taken', details: { column: 'email' } },
  )
  const bare = await pluginErrorOf(get('bare'), 'unknown_table')
  assert.doesNotMatch(bare.message, /secret/)
  assert.match(bare.details.log ?? '', /driver text with a secret/)
  await pluginErrorOf(get('down'), 'unavailable')
  // A plugin's gRPC server knows the call's deadline too, and may notice it before the host does.
  await callErrorOf(get('late'), 'timeout')
  const odd = await callErrorOf(get('odd'), 'protocol')
  // For the log: no client is shown the text of a protocol error.
  assert.match(odd.message, /gRPC status DATA_LOSS, "driver text with a secret"/)
  assert.match((await pluginErrorOf(get(`big_${70 * 1024 * 1024}`), 'too_large')).message, /use limit/)
  assert.equal((await get(`big_${10 * 1024 * 1024}`)).rows.length, 10 * 1024 * 1024)
  assert.equal(connection.status.restarts, 0)
})

test('a capability that the plugin lacks is named', async (t) => {
  const { connection } = await openReady(t)
  const batch = await pluginErrorOf(connection.db.tableBatch({ context: undefined, operations: [] }), 'unsupported')
  assert.equal(batch.details.capability, 'batch')
  const gone = await pluginErrorOf(connection.cache.delete({ key: 'a' }), 'unsupported')
  assert.equal(gone.details.capability, 'cache_delete')
  const query = { context: undefined, statement: 'select 1', maxRows: 0, maxReplyBytes: 0 }
  assert.equal((await connection.db.query(query)).rowCount, 0)
})

test('a role that the connection does not serve is refused', async (t) => {
  const { connection } = await openReady(t, { servesCache: false })
  await pluginErrorOf(connection.cache.get({ key: 'a' }), 'unsupported')
})

test('calls beyond the limits wait, and are refused when that takes too long', async (t) => {
  const { connection } = await openReady(t, { limits: { inFlight: 1, queue: 1, waitMs: 300 } })
  const running = connection.db.tableGet(tableGetRequest('sleep_150'))
  const waiting = pidOf(connection)
  const refused = await callErrorOf(pidOf(connection), 'overloaded')
  assert.equal(refused.sent, false)
  await running
  assert.equal(typeof (await waiting), 'number')
  const long = connection.db.tableGet(tableGetRequest('sleep_600'))
  await callErrorOf(pidOf(connection), 'overloaded')
  await long
  assert.equal(connection.status.inFlight, 0)
})

test('a stream yields its chunks in order, and stops when nobody reads on', async (t) => {
  const { connection } = await openReady(t)
  let count = 0
  for await (const chunk of connection.db.tableGetStream(tableGetRequest('rows_500'))) {
    assert.equal(Buffer.from(chunk.rows).toString(), `{"n":${count++}}`)
  }
  assert.equal(count, 500)
  for await (const _ of connection.db.tableGetStream(tableGetRequest('rows_1000000'))) break
  assert.equal(connection.status.inFlight, 0)
  assert.equal(typeof (await pidOf(connection)), 'number')
})

test('a stream whose process dies ends as crashed', async (t) => {
  const { connection } = await openReady(t)
  const read = async () => {
    for await (const _ of connection.db.tableGetStream(tableGetRequest('crash_5'))) await delay(1)
  }
  await callErrorOf(read(), 'crashed')
  await connection.waitReady(5000)
})

test('a stream that trickles for ever ends at its total time, however often a part comes', async (t) => {
  const { connection } = await openReady(t, { limits: { timeoutMs: 400, streamTimeoutMs: 1000 } })
  let count = 0
  const read = async () => {
    for await (const _ of connection.db.tableGetStream(tableGetRequest('trickle_100'))) count++
  }
  const start = performance.now()
  const error = await callErrorOf(read(), 'timeout')
  assert.match(error.message, /in sum, more than a stream may/)
  assert.ok(count >= 4, `${count} parts`)
  assert.ok(performance.now() - start < 3000)
  // Control: as long a stream whose reader takes the time is not cut.
  let taken = 0
  for await (const _ of connection.db.tableGetStream(tableGetRequest('rows_8'))) {
    taken++
    await delay(200)
  }
  assert.equal(taken, 8)
})

test('a plugin that removes its socket keeps what is connected, and is replaced when more is needed', async (t) => {
  const { connection } = await openReady(t, { evil: 'removes-socket' })
  const first = connection.status.pid
  await delay(500)
  assert.equal(await pidOf(connection), first)
  const read = async () => {
    for await (const _ of connection.db.tableGetStream(tableGetRequest('rows_5')));
  }
  await callErrorOf(read(), 'unavailable')
  await connection.waitReady(8000)
  assert.notEqual(connection.status.pid, first)
})

/** The bytes that the fixture's plugin wrote and that were not passed on. */
const floodOf = (fixture: Fixture): number =>
  fixture.of('plugin-output').reduce((sum, { bytes }) => sum + bytes, 0) +
  fixture.of('plugin-log').reduce((sum, { fields }) => sum + Number(fields.droppedBytes ?? 0), 0)

const idle = { state: 'ready', restarts: 0, inFlight: 0, waiting: 0, retryAfterMs: 0 }

const kindsOf = (fixture: Fixture): string[] =>
  ['plugin-started', 'plugin-log', 'plugin-ready'].filter((kind) =>
    fixture.observations.some((seen) => seen.kind === kind),
  )

const pluginErrorOf = async (promise: Promise<unknown>, reason: string): Promise<PluginError> => {
  const error = await promise.then(
    () => assert.fail('expected a failure'),
    (cause: unknown) => cause,
  )
  if (!(error instanceof PluginError)) throw error
  assert.equal(error.reason, reason, error.message)
  return error
}
