import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { dbService, tableGetRequest } from '@easyrest/protocol'
import { BackOff } from './back-off.js'
import { CallError } from './call-error.js'
import { CallQueue } from './call-queue.js'
import { CallSlots } from './call-slots.js'
import type { Caller } from './caller.js'
import { maskSecrets } from './mask-secrets.js'

test('waiting calls are let in one by one, in the order they came', async () => {
  const { queue, running } = setUp({ inFlight: 2, queue: 10 })
  const order: number[] = []
  const calls = [0, 1, 2, 3].map((number) => call(queue).then(() => order.push(number)))
  assert.equal(running.length, 2)
  while (running.length > 0) {
    running.shift()!()
    await turn()
  }
  await Promise.all(calls)
  assert.deepEqual(order, [0, 1, 2, 3])
  assert.equal(queue.inFlight, 0)
})

test('a call that gives up waiting leaves its place, and its slot to the next', async () => {
  const { queue, running } = setUp({ inFlight: 1, queue: 2 })
  const controller = new AbortController()
  const first = call(queue)
  const second = call(queue, controller.signal)
  const third = call(queue)
  await assert.rejects(call(queue), isOverloaded)
  controller.abort()
  await assert.rejects(second, (error) => error instanceof CallError && error.kind === 'cancelled' && !error.sent)
  running.shift()!()
  await first
  await turn()
  running.shift()!()
  await third
  assert.equal(queue.inFlight, 0)
})

test('a queue of fifty thousand is worked off without delay', async () => {
  const { queue, running } = setUp({ inFlight: 1, queue: 100_000 })
  const calls = Array.from({ length: 50_000 }, () => call(queue))
  const start = performance.now()
  while (running.length > 0) {
    running.shift()!()
    await turn()
  }
  await Promise.all(calls)
  assert.ok(performance.now() - start < 10_000)
})

test('restarts wait 0, 0.1, 0.2 ... 32 seconds, and less after a healthy time', () => {
  const backOff = new BackOff()
  const near = (expected: number) => {
    const delay = backOff.next()
    assert.ok(delay >= expected * 0.8 && delay <= expected * 1.2, `${delay} is not near ${expected}`)
  }
  for (const expected of [0, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 32_000, 32_000]) near(expected)
  backOff.healthyFor(59_000)
  near(32_000)
  backOff.healthyFor(60_000)
  near(0)
  backOff.healthyFor(1000)
  near(0)
  backOff.healthyFor(10)
  near(100)
})

test('passwords and secret parameters are masked, also percent-encoded', () => {
  const mask = maskSecrets({ uri: 'db://me:p%40ssword@host/x?sslkey=topsecret&a=1', env: {}, envPass: [] }, {})
  assert.equal(mask('p@ssword p%40ssword topsecret a=1'), '*** *** *** a=1')
  const file = maskSecrets(
    { uri: 'sqlite://./x.db', env: { API_TOKEN: 'a"long"one', MODE: 'fast' }, envPass: ['KEY'] },
    { KEY: 'given' },
  )
  assert.equal(file('sqlite://./x.db fast a"long"one a\\"long\\"one given'), 'sqlite://./x.db fast *** *** ***')
})

const setUp = (limits: { inFlight: number; queue: number }) => {
  const running: (() => void)[] = []
  const caller: Caller = {
    inFlight: 0,
    call: <Request, Response>() =>
      new Promise<Response>((resolve) => {
        running.push(() => resolve({} as Request as unknown as Response))
      }),
    close: () => {},
  }
  return { running, queue: new CallQueue(caller, new CallSlots('shop', { ...limits, waitMs: 30_000 })) }
}

const call = (queue: CallQueue, signal?: AbortSignal) =>
  queue.call(dbService.TableGet, 'TableGet', tableGetRequest('t'), { timeoutMs: 30_000, signal })

const isOverloaded = (error: unknown) => error instanceof CallError && error.kind === 'overloaded' && !error.sent
