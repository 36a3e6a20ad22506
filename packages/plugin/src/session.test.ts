import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import {
  type CallReply,
  dbService,
  type Method,
  parseHandshake,
  pluginService,
  type SessionCall,
  sessionReplyWire,
  sessionRequestWire,
  type TableGetRequest,
} from '@easyrest/protocol'
import { Client, type ClientDuplexStream, credentials, type ServiceError, status } from '@grpc/grpc-js'
import { controllerService, healthService, type PluginUnderTest, startPlugin } from './testing.js'

test('calls of one frame are answered, each once, in frames that keep the limits', async (t) => {
  const { session } = await openSession(t)
  session.send([get(1, 'plain'), get(2, 'throws'), get(3, 'refuses'), call(4, 'Query'), get(5, 'sleep_100')])
  await session.replied(5)
  assert.equal(Buffer.from(answerTo(session, 1).rows).toString(), '[]')
  const [defect, refusal, unknown] = [2, 3, 4].map((id) => session.replyTo(id).error)
  assert.deepEqual([defect!.reason, defect!.message], ['internal', 'the plugin failed; its log says why'])
  // Cut as they are on a unary call.
  assert.deepEqual([refusal!.reason, refusal!.message.length], ['unique', 1024])
  assert.deepEqual(Object.keys(JSON.parse(Buffer.from(refusal!.details).toString())), ['column', 'log'])
  assert.equal(unknown!.reason, 'unsupported')
  assert.equal(answerTo(session, 5).rowCount, 0)
})

test('replies leave at most 64 or 256 KiB in a frame, however large their errors are; a larger one leaves alone', async (t) => {
  const { session } = await openSession(t)
  const tables = [
    ...Array.from({ length: 200 }, () => 'plain'),
    ...Array.from({ length: 200 }, () => 'refuses'),
    ...Array.from({ length: 50 }, () => `big_${100 * 1024}`),
    ...Array.from({ length: 60 }, () => 'big_4060'),
    `big_${300 * 1024}`,
    'plain',
    `big_${3 * 1024 * 1024}`,
  ]
  const calls = tables.map((table, index) => get(index + 1, table))
  for (let from = 0; from < calls.length; from += 64) session.send(calls.slice(from, from + 64))
  await session.replied(tables.length)
  for (const { count, bytes } of session.frames) {
    assert.ok(count <= 64 && (count === 1 || bytes <= 256 * 1024), `${count} replies in ${bytes} bytes`)
  }
  assert.ok(session.frames.some(({ count }) => count === 64))
  assert.equal(answerTo(session, tables.length).rows.length, 3 * 1024 * 1024)
  assert.deepEqual(
    [...session.ids].sort((a, b) => a - b),
    tables.map((_, index) => index + 1),
  )
})

test('an answer that no message can hold is an error of that call only', async (t) => {
  const { session } = await openSession(t)
  const message = dbService.TableCreate.requestSerialize({
    ...dbService.TableCreate.requestDeserialize(Buffer.alloc(0)),
    rowCount: 64 * 1024 * 1024,
  })
  session.send([{ ...call(1, 'TableCreate'), message }, get(2, 'plain')])
  await session.replied(2)
  assert.equal(session.replyTo(1).error!.reason, 'internal')
  session.send([get(3, 'plain')])
  await session.replied(3)
})

test('a cancel is answered exactly once, whatever the handler does; a deadline as well', async (t) => {
  const { session } = await openSession(t)
  session.send([get(1, 'hang'), get(2, 'late_50'), get(3, 'plain'), get(4, 'hang', 100), get(5, 'sleep_300')])
  await session.replied(1)
  session.send([], [1, 2, 3, 99, 1])
  await session.replied(4)
  session.send([], [1, 2, 4])
  await delay(400)
  assert.deepEqual([...session.ids].sort(), [1, 2, 3, 4, 5])
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((id) => session.replyTo(id).error?.reason),
    ['cancelled', 'cancelled', undefined, 'timeout', undefined],
  )
})

const brokenRules: [title: string, frames: () => Buffer[]][] = [
  ['an id that is in flight', () => [frameOf([get(1, 'hang')]), frameOf([get(1, 'plain')])]],
  [
    'an id that was answered',
    () => [frameOf([get(1, 'plain')]), frameOf([get(2, 'plain')]), frameOf([get(1, 'plain')])],
  ],
  ['the same id twice in a frame', () => [frameOf([get(1, 'plain'), get(1, 'plain')])]],
  ['the id 0', () => [frameOf([get(0, 'plain')])]],
  ['65 calls in a frame', () => [frameOf(Array.from({ length: 65 }, (_, index) => get(index + 1, 'plain')))]],
  ['two calls in 300 KiB', () => [frameOf([large(1, 150 * 1024), large(2, 150 * 1024)])]],
  ['millions of empty calls', () => [Buffer.alloc(60 * 1024 * 1024, Buffer.from([0x0a, 0x00]))]],
  ['a message that is none', () => [Buffer.from('this is no protobuf message')]],
]

for (const [title, frames] of brokenRules) {
  test(`a host that breaks a rule loses its stream, and the plugin lives: ${title}`, async (t) => {
    const { plugin, session, open } = await openSession(t)
    for (const frame of frames()) session.stream.write(frame)
    // Nothing that comes after it counts.
    session.send([get(1000, 'plain')])
    const error = await session.ended
    assert.equal(error?.code, status.INVALID_ARGUMENT, String(error))
    assert.ok(!session.ids.has(1000))
    const logged = () => plugin.stderr.includes('the host broke a rule of the session')
    for (let tries = 0; !logged() && tries < 100; tries++) await delay(10)
    assert.ok(logged(), plugin.stderr)
    const next = open()
    next.send([get(1, 'plain')])
    await next.replied(1)
    assert.deepEqual(await plugin.call(healthService.Check, { service: 'plugin' }), { status: 'SERVING' })
  })
}

test('control: a host that keeps the rules keeps its stream', async (t) => {
  const { session } = await openSession(t)
  session.send(Array.from({ length: 64 }, (_, index) => get(index + 1, 'plain')))
  session.send([large(65, 150 * 1024)])
  session.send([large(66, 300 * 1024)])
  // Numbers may be left out.
  session.send([get(1000, 'plain')])
  session.send([], [5, 2000])
  await session.replied(67)
  assert.equal(answerTo(session, 66).rows.length, 300 * 1024)
  assert.equal(await Promise.race([session.ended, delay(200, 'open')]), 'open')
})

test('a host that has nothing more to say still gets its answers, and then the end', async (t) => {
  const { session } = await openSession(t)
  session.send([get(1, 'sleep_200'), get(2, 'plain')])
  session.stream.end()
  assert.equal(await session.ended, undefined)
  assert.deepEqual([...session.ids].sort(), [1, 2])
})

test('a host that does not read for a while misses nothing', async (t) => {
  const { session } = await openSession(t)
  session.stream.pause()
  for (let index = 0; index < 10; index++) {
    session.send(Array.from({ length: 64 }, (_, number) => get(index * 64 + number + 1, 'big_50000')))
  }
  await delay(500)
  assert.equal(session.ids.size, 0)
  session.stream.resume()
  await session.replied(640)
})

test('a host that goes away in the middle of its calls harms nobody', async (t) => {
  const { plugin, session, open } = await openSession(t)
  session.send(Array.from({ length: 64 }, (_, index) => get(index + 1, index % 2 ? 'hang' : 'sleep_100')))
  await delay(50)
  session.stream.cancel()
  const next = open()
  next.send([get(1, 'sleep_200')])
  await next.replied(1)
  assert.doesNotMatch(plugin.stderr, /write after end|uncaught|unhandled/i)
})

for (const table of ['plain', 'sleep_300', 'hang']) {
  test(`Shutdown with an open session ends the plugin within two seconds: ${table}`, async (t) => {
    const { plugin, session } = await openSession(t)
    session.send([get(1, table)])
    await delay(50)
    const start = performance.now()
    await plugin.call(controllerService.Shutdown)
    assert.equal(await plugin.exit(), 0)
    const took = performance.now() - start
    assert.ok(took < 2000, `${took} ms`)
    // A call that can finish does.
    assert.equal(session.ids.has(1), table !== 'hang')
  })
}

class SessionUnderTest {
  readonly frames: { count: number; bytes: number }[] = []
  readonly ids = new Set<number>()
  /** The error that ended the stream; undefined for a good end. */
  readonly ended: Promise<ServiceError | undefined>
  private readonly replies = new Map<number, CallReply>()

  constructor(readonly stream: ClientDuplexStream<Buffer, Buffer>) {
    stream.on('data', (frame: Buffer) => this.receive(frame))
    this.ended = new Promise((resolve) => {
      stream.on('error', (error: ServiceError) => resolve(error))
      stream.on('end', () => setImmediate(() => resolve(undefined)))
    })
  }

  send(calls: SessionCall[], cancel: number[] = []): void {
    this.stream.write(sessionRequestWire.encode({ calls, cancel }))
  }

  replyTo(id: number): CallReply {
    return this.replies.get(id)!
  }

  async replied(count: number): Promise<void> {
    while (this.ids.size < count) await once(this.stream, 'data', { signal: AbortSignal.timeout(10_000) })
  }

  private receive(frame: Buffer): void {
    const { replies } = sessionReplyWire.decode(frame)
    this.frames.push({ count: replies.length, bytes: frame.length })
    for (const reply of replies) {
      assert.ok(!this.ids.has(reply.id), `call ${reply.id} was answered twice`)
      this.ids.add(reply.id)
      this.replies.set(reply.id, reply)
    }
  }
}

const program = fileURLToPath(new URL('../../../test/support/plugins/session-sdk-plugin.mjs', import.meta.url))

const openSession = async (t: TestContext) => {
  const plugin: PluginUnderTest = await startPlugin(program)
  await plugin.call(dbService.InitConnection, { uri: 'fixture://one' })
  const { address } = parseHandshake(plugin.stdout[0]!)
  const client = new Client(`unix:${address}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  })
  t.after(async () => {
    client.close()
    await plugin.stop()
  })
  const open = () => {
    const stream = client.makeBidiStreamRequest<Buffer, Buffer>(pluginService.Session.path, same, same)
    return new SessionUnderTest(stream)
  }
  return { plugin, session: open(), open }
}

const call = (id: number, method: Method): SessionCall => ({ id, method, message: Buffer.alloc(0), timeoutMs: 5000 })

const get = (id: number, table: string, timeoutMs = 5000): SessionCall => ({
  id,
  method: 'TableGet',
  message: requestOf({ table }),
  timeoutMs,
})

const large = (id: number, bytes: number): SessionCall => ({
  ...get(id, ''),
  message: requestOf({
    table: 'echo',
    context: { userId: '', timezone: '', txEnd: 'unspecified', readOnly: true, ctx: Buffer.alloc(bytes, '[]') },
  }),
})

const requestOf = (request: Partial<TableGetRequest>): Buffer =>
  dbService.TableGet.requestSerialize({ ...dbService.TableGet.requestDeserialize(Buffer.alloc(0)), ...request })

const answerTo = (session: SessionUnderTest, id: number) =>
  dbService.TableGet.responseDeserialize(session.replyTo(id).message as Buffer)

const frameOf = (calls: SessionCall[]): Buffer => sessionRequestWire.encode({ calls, cancel: [] })

const same = (bytes: Buffer): Buffer => bytes
