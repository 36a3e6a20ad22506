import assert from 'node:assert/strict'
import { setMaxListeners } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  dbService,
  PluginError,
  pluginService,
  sessionReplyWire,
  sessionRequestWire,
  tableGetRequest,
} from '@easyrest/protocol'
import { Client, credentials, Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js'
import { CallError } from './call-error.js'
import { type Fixture, fixturePath, nothingLeft, openFixture, pidOf, tableCreate } from './open-fixture.js'
import { SessionCaller } from './session-caller.js'
import { UnaryCaller } from './unary-caller.js'

const brokenRules: [session: string, reason: RegExp, faults?: number][] = [
  ['twice', /broke a rule of the session: a reply names call \d+, which is unknown or answered already/],
  ['twice-in-a-frame', /broke a rule of the session: a reply names call \d+, which is unknown or answered already/],
  ['unknown-id', /broke a rule of the session: a reply names call 1000\d+, which is unknown or answered already/],
  ['65-replies', /broke a rule of the session: a stream message of \d+ bytes holds more replies than it may/, 65],
  ['300-kib', /broke a rule of the session: a stream message of 3072\d\d bytes holds more replies than it may/, 2],
  ['millions-of-replies', /broke a rule of the session: a stream message of 62914560 bytes holds more replies/],
  ['garbage', /broke a rule of the session: .*/],
  ['too-large', /the session stream failed: 8 RESOURCE_EXHAUSTED: Received message larger than max/],
  ['ends', /the plugin ended the session stream/],
  ['fails', /the session stream failed: 13 INTERNAL: out of order/],
]

for (const [session, reason, faults = 1] of brokenRules) {
  test(`a plugin that breaks the session is replaced, its reads are repeated, its writes are not: ${session}`, async (t) => {
    const fixture = await openReady(t, session)
    const { answered, write } = await callsAround(fixture, faults, 'sleep_4000')
    assert.equal(answered, faults + 1)
    assert.ok(write instanceof CallError, String(write))
    assert.deepEqual([write.kind, write.sent], ['crashed', true])
    assert.match(write.message, reason)
    assert.equal(fixture.connection.status.restarts, 1)
    assert.equal(fixture.of('plugin-replaced').length, 1)
    assert.match(fixture.of('plugin-replaced')[0]!.reason, reason)
    assert.equal((await fixture.connection.db.tableCreate(tableCreate('later'))).affected, 1)
    assert.deepEqual(writesOf(fixture), ['later'])
    assert.deepEqual(await fixture.finish(), nothingLeft)
  })
}

for (const session of ['well', 'reorders', 'none']) {
  test(`control: a plugin that keeps the rules answers the same calls and stays: ${session}`, async (t) => {
    const fixture = await openReady(t, session)
    const first = await pidOf(fixture.connection)
    const { answered, write } = await callsAround(fixture, 65)
    assert.equal(answered, 66)
    assert.ok(!(write instanceof Error), String(write))
    assert.equal(await pidOf(fixture.connection), first)
    assert.equal(fixture.of('plugin-replaced').length, 0)
    assert.deepEqual(writesOf(fixture), ['sleep_800'])
    assert.deepEqual(await fixture.finish(), nothingLeft)
  })
}

test('a process that dies in a session takes only its writes with it', async (t) => {
  const fixture = await openReady(t, 'exits')
  const { answered, write } = await callsAround(fixture, 1)
  assert.equal(answered, 2)
  assert.ok(write instanceof CallError && write.kind === 'crashed' && write.sent, String(write))
  assert.equal(fixture.of('plugin-exited')[0]!.code, 7)
  assert.equal(fixture.connection.status.restarts, 1)
})

for (const session of ['deaf', 'guesses', 'well']) {
  test(`a write is repeated only when it never left the host: ${session}`, async (t) => {
    const fixture = await openReady(t, session, { inFlight: 512 })
    const { connection } = fixture
    const fault = connection.db.tableGet(tableGetRequest('fault')).catch((error: CallError) => error.kind)
    const names = Array.from({ length: 300 }, (_, index) => `t${index}`)
    const done = names.map((name) => writeOf(fixture, name, 100 * 1024))
    await delay(400)
    if (session === 'deaf') {
      writeFileSync(join(fixture.marks, 'struck'), '')
      process.kill(connection.status.pid!, 'SIGKILL')
    }
    const outcomes = await Promise.all(done)
    await fault
    const of = (outcome: string) => names.filter((_, index) => outcomes[index] === outcome)
    assert.deepEqual(of('other'), [])
    const writes = writesOf(fixture)
    assert.equal(new Set(writes).size, writes.length, 'no write happens twice')
    assert.deepEqual(writes.filter((name) => outcomes[names.indexOf(name)] === 'done').sort(), of('done').sort())
    if (session === 'well') assert.equal(of('done').length, 300)
    else assert.ok(of('done').length > 0 && of('crashed, sent').length > 0, JSON.stringify(outcomes))
    if (session === 'guesses')
      assert.match(fixture.of('plugin-replaced')[0]!.reason, /names call 251, which is unknown/)
    assert.equal(connection.status.restarts, session === 'well' ? 0 : 1)
    assert.equal(connection.status.inFlight, 0)
  })
}

test('a request that is larger than a frame goes beside the session; one that is too large costs nobody else', async (t) => {
  const fixture = await openReady(t, 'well')
  const { db } = fixture.connection
  const running = db.tableGet(tableGetRequest('sleep_500'))
  const rows = Buffer.alloc(5 * 1024 * 1024, 'large')
  assert.ok(rows.equals((await db.tableCreate({ ...tableCreate('large'), rows })).rows))
  const tooLarge = await db.tableCreate({ ...tableCreate('t'), rows: Buffer.alloc(65 * 1024 * 1024) }).catch((e) => e)
  assert.ok(tooLarge instanceof PluginError && tooLarge.reason === 'too_large', String(tooLarge))
  await running
  assert.equal(fixture.connection.status.restarts, 0)
})

test('a call that is never answered ends at its deadline, and the others go on', async (t) => {
  const fixture = await openReady(t, 'well')
  const { db } = fixture.connection
  const start = performance.now()
  let took = 0
  const hanging = db.tableGet(tableGetRequest('hang'), { timeoutMs: 200 }).catch((error: CallError) => {
    took = performance.now() - start
    return error
  })
  for (let index = 0; index < 100; index++) await db.tableGet(tableGetRequest('pid'))
  const error = await hanging
  assert.ok(error instanceof CallError && error.kind === 'timeout' && error.sent, String(error))
  // The connection would wait for five seconds.
  assert.ok(took > 180 && took < 4000, `${took} ms`)
  await db.tableGet(tableGetRequest('pid'))
  assert.equal(fixture.connection.status.restarts, 0)
})

test('calls that are given up at once, before they were sent, or for longer than a timer can count are safe', async (t) => {
  const { connection } = await openReady(t, 'well')
  const controller = new AbortController()
  const { signal } = controller
  setMaxListeners(0, signal)
  const given = tableCreate('given_up')
  const calls = Array.from({ length: 10 }, () => connection.db.tableCreate(given, { signal }).catch((error) => error))
  controller.abort()
  calls.push(connection.db.tableCreate(given, { signal }).catch((error) => error))
  for (const error of await Promise.all(calls)) {
    assert.ok(error instanceof CallError)
    assert.deepEqual([error.kind, error.sent], ['cancelled', false])
  }
  assert.equal(typeof (await pidOf(connection)), 'number')
  await connection.db.tableGet(tableGetRequest('sleep_50'), { timeoutMs: Number.POSITIVE_INFINITY })
  await connection.db.tableGet(tableGetRequest('sleep_50'), { timeoutMs: 2 ** 40 })
  assert.equal(connection.status.inFlight, 0)
})

for (const session of ['deaf', 'silent']) {
  test(`a plugin that is ${session} makes calls time out, and the host does not grow`, async (t) => {
    const fixture = await openReady(t, session, { inFlight: 64, queue: 64, waitMs: 200, timeoutMs: 200 })
    const before = memoryInUse()
    const kinds = new Map<string, number>()
    for (let lot = 0; lot < 8; lot++) {
      const outcomes = await Promise.all(
        Array.from({ length: 150 }, (_, index) => writeOf(fixture, `t${index}`, 200 * 1024)),
      )
      for (const outcome of outcomes) kinds.set(outcome, (kinds.get(outcome) ?? 0) + 1)
    }
    const grown = (memoryInUse() - before) / 1024 / 1024
    // 8 lots of 128 calls of 200 KiB were let in: 200 MiB.
    assert.ok(grown < 24, `${grown} MiB`)
    assert.deepEqual(
      [...kinds.keys()].filter((kind) => !['timeout', 'overloaded'].includes(kind)),
      [],
    )
    assert.equal(fixture.connection.status.inFlight, 0)
  })
}

test('control: a plugin that listens and speaks answers those calls', async (t) => {
  const fixture = await openReady(t, 'well', { inFlight: 64, queue: 128, waitMs: 2000, timeoutMs: 2000 })
  const outcomes = await Promise.all(Array.from({ length: 150 }, (_, n) => writeOf(fixture, `t${n}`, 200 * 1024)))
  assert.deepEqual(new Set(outcomes), new Set(['done']))
})

for (const answersCancels of [false, true]) {
  const title = answersCancels ? 'control: one that answers cancels stays' : 'a plugin that owes replies is replaced'
  test(`${title}, when calls were given up long ago`, async (t) => {
    const { caller, broken } = await openCaller(t, 100, (stream, frame) => {
      const { cancel } = sessionRequestWire.decode(frame)
      if (answersCancels) for (const id of cancel) stream.write(replyTo(id))
    })
    for (let index = 0; index < 6; index++) {
      await caller.call(dbService.TableGet, 'TableGet', tableGetRequest('t'), { timeoutMs: 40 }).catch(() => {})
    }
    assert.equal(caller.inFlight, 0)
    if (answersCancels) assert.deepEqual(broken, [])
    else assert.deepEqual(broken, ['the plugin broke a rule of the session: a call given up 100 ms ago has no reply'])
  })
}

test('cancels go in frames of their own, after their calls, and calls in frames that keep the limits', async (t) => {
  const frames: { calls: number[]; cancel: readonly number[]; bytes: number }[] = []
  const { caller } = await openCaller(t, 30_000, (_stream, frame) => {
    const { calls, cancel } = sessionRequestWire.decode(frame)
    frames.push({ calls: calls.map(({ id }) => id), cancel, bytes: frame.length })
  })
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  const call = (bytes: number, signal?: AbortSignal) =>
    caller
      .call(
        dbService.TableCreate,
        'TableCreate',
        { ...tableCreate('t'), rows: Buffer.alloc(bytes) },
        { timeoutMs: 5000, signal },
      )
      .catch((error: CallError) => error.kind)
  const small = Array.from({ length: 150 }, () => call(10, controller.signal))
  await delay(50)
  controller.abort()
  const large = Array.from({ length: 100 }, () => call(4060))
  const alone = call(256 * 1024 - 100)
  await delay(300)
  assert.deepEqual(new Set(await Promise.all(small)), new Set(['cancelled']))
  assert.deepEqual(
    frames.flatMap(({ calls }) => calls),
    Array.from({ length: 251 }, (_, index) => index + 1),
  )
  assert.deepEqual(
    frames.flatMap(({ cancel }) => cancel),
    Array.from({ length: 150 }, (_, index) => index + 1),
  )
  for (const { calls, cancel, bytes } of frames) {
    assert.ok(calls.length === 0 || cancel.length === 0)
    assert.ok(calls.length <= 64 && (calls.length === 1 || bytes <= 256 * 1024), `${calls.length} in ${bytes}`)
  }
  assert.deepEqual(
    frames.slice(0, 3).map(({ calls }) => calls.length),
    [64, 64, 22],
  )
  caller.close()
  assert.deepEqual(new Set(await Promise.all([...large, alone])), new Set(['crashed']))
})

test('close while calls wait for the next turn ends them as not sent', async (t) => {
  const { caller, broken } = await openCaller(t, 30_000, () => assert.fail('nothing was to be sent'))
  const call = caller.call(dbService.TableCreate, 'TableCreate', tableCreate('t'), { timeoutMs: 5000 })
  caller.close()
  await assert.rejects(call, { kind: 'crashed', sent: false })
  const next = caller.call(dbService.TableCreate, 'TableCreate', tableCreate('t'), { timeoutMs: 5000 })
  await assert.rejects(next, { kind: 'crashed', sent: false })
  await delay(50)
  assert.deepEqual(broken, [])
})

/** A session with a server in this process, which sees every frame. */
const openCaller = async (
  t: TestContext,
  patienceMs: number,
  onFrame: (stream: ServerDuplexStream<Buffer, Buffer>, frame: Buffer) => void,
) => {
  const directory = mkdtempSync(join(tmpdir(), 'session-'))
  const server = new Server()
  const same = (bytes: Buffer) => bytes
  const service = { Session: { ...pluginService.Session, requestDeserialize: same, responseSerialize: same } }
  server.addService(service, {
    Session: (stream: ServerDuplexStream<Buffer, Buffer>) => {
      stream.on('data', (frame: Buffer) => onFrame(stream, frame))
    },
  })
  const address = `unix:${join(directory, 's')}`
  await promisify(server.bindAsync.bind(server))(address, ServerCredentials.createInsecure())
  const client = new Client(address, credentials.createInsecure())
  const broken: string[] = []
  const caller = new SessionCaller(client, new UnaryCaller(client), (reason) => broken.push(reason), patienceMs)
  t.after(() => {
    caller.close()
    client.close()
    server.forceShutdown()
    rmSync(directory, { recursive: true })
  })
  return { caller, broken }
}

const replyTo = (id: number): Buffer =>
  sessionReplyWire.encode({ replies: [{ id, message: Buffer.alloc(0), error: undefined }] })

const openReady = async (t: TestContext, session: string, limits?: object): Promise<Fixture> => {
  const fixture = openFixture({
    path: fixturePath('session-plugin.mjs'),
    servesCache: false,
    env: { SESSION: session },
    limits: { inFlight: 256, ...limits },
  })
  t.after(fixture.finish)
  await fixture.connection.ready()
  return fixture
}

/** A read and a write that are in flight while the plugin is made to misbehave, and how they ended. */
const callsAround = async ({ connection }: Fixture, faults: number, written = 'sleep_800') => {
  const write = connection.db.tableCreate(tableCreate(written)).catch((error: unknown) => error)
  const reads = ['sleep_300', ...Array.from({ length: faults }, () => 'fault')].map((table) =>
    connection.db.tableGet(tableGetRequest(table)),
  )
  return { answered: (await Promise.all(reads)).length, write: await write }
}

const writeOf = ({ connection }: Fixture, table: string, bytes: number): Promise<string> =>
  connection.db.tableCreate({ ...tableCreate(table), rows: Buffer.alloc(bytes, table) }).then(
    ({ rows }) => (rows.length === bytes ? 'done' : 'other'),
    (error: CallError) => (error.kind === 'crashed' && error.sent ? 'crashed, sent' : error.kind),
  )

const writesOf = ({ marks }: Fixture): string[] => readFileSync(join(marks, 'writes'), 'utf8').trimEnd().split('\n')

const memoryInUse = (): number => {
  collectGarbage()
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const collectGarbage = await (async (): Promise<() => void> => {
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
})()
