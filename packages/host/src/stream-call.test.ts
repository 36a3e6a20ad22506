import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { dbService, type TableGetChunk, tableGetRequest } from '@easyrest/protocol'
import { Client, credentials, Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js'
import { CallError } from './call-error.js'
import { streamCall } from './stream-call.js'

type Call = ServerWritableStream<unknown, TableGetChunk>

test('time passes only while an answer is awaited', async (t) => {
  const client = await serveStream(t, async (call) => {
    for (let index = 0; index < 4; index++) {
      await delay(60)
      call.write(chunk(10))
    }
    call.end()
  })
  let count = 0
  for await (const _ of stream(client, 200)) {
    count++
    await delay(150)
  }
  assert.equal(count, 4, 'control: the whole took three times the limit')
})

test('an answer that does not come in time ends the call as timed out, and the plugin is told', async (t) => {
  let cancelled: Promise<unknown> | undefined
  const client = await serveStream(t, async (call) => {
    cancelled = once(call, 'cancelled')
    call.write(chunk(10))
  })
  const started = performance.now()
  await assert.rejects(drain(stream(client, 200)), (error: CallError) => error.kind === 'timeout' && error.sent)
  assert.ok(performance.now() - started < 5000)
  await cancelled
})

test('a caller that gives up ends the call, and the plugin is told', async (t) => {
  let cancelled: Promise<unknown> | undefined
  const client = await serveStream(t, async (call) => {
    cancelled = once(call, 'cancelled')
    call.write(chunk(10))
  })
  const giveUp = new AbortController()
  setTimeout(() => giveUp.abort(), 100)
  await assert.rejects(drain(stream(client, 5000, giveUp.signal)), (error: CallError) => error.kind === 'cancelled')
  await cancelled
})

test('answers are not read ahead of the caller', async (t) => {
  const size = 1024 * 1024
  let written = 0
  const client = await serveStream(t, async (call) => {
    for (; written < 64 && !call.cancelled; written++) {
      // One message at a time, so that what has been written has been taken by the host.
      await new Promise((resolve) => {
        call.once('cancelled', resolve)
        call.write(chunk(size), resolve)
      })
    }
    call.end()
  })
  const answers = stream(client, 5000)
  await answers.next()
  await delay(300)
  assert.ok(written <= 5, `one message was asked for, ${written} were taken`)
  await answers.return(undefined)
})

test('an error behind the first answer ends the call with it', async (t) => {
  const client = await serveStream(t, async (call) => {
    call.write(chunk(10))
    call.emit('error', { code: 13, details: 'broken' })
  })
  const answers = stream(client, 5000)
  assert.equal((await answers.next()).done, false)
  await assert.rejects(answers.next(), CallError)
})

const serveStream = async (t: TestContext, handle: (call: Call) => Promise<void>): Promise<Client> => {
  const server = new Server()
  server.addService({ TableGetStream: dbService.TableGetStream }, { TableGetStream: handle })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    )
  })
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { 'grpc.enable_http_proxy': 0 })
  t.after(() => {
    client.close()
    server.forceShutdown()
  })
  return client
}

const stream = (client: Client, timeoutMs: number, signal?: AbortSignal) =>
  streamCall(client, dbService.TableGetStream, tableGetRequest('t'), { timeoutMs, signal })

const drain = async (answers: AsyncIterable<TableGetChunk>): Promise<void> => {
  for await (const _ of answers);
}

const chunk = (size: number): TableGetChunk => ({ rows: Buffer.alloc(size, 'x'), rowCount: 1, total: undefined })
