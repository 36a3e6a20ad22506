import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { healthService, type PluginError, type TableGetRequest, tableGetRequest } from '@easyrest/protocol'
import { forRun } from '@easyrest/protocol/testing'
import { Client, credentials } from '@grpc/grpc-js'
import type { CallError } from './call-error.js'
import { type Fixture, fixturePath, openFixture, pidOf, tableCreate } from './open-fixture.js'

// The same traffic over unary calls and over a session.
const calls = forRun(2000, 10_000)

for (const session of ['none', 'well', 'reorders']) {
  const carrier = session === 'none' ? 'unary calls' : session === 'well' ? 'a session' : 'a session that reorders'
  test(`${calls} calls of random size, some given up and some never answered, come back to the byte: ${carrier}`, async (t) => {
    const fixture = await openReady(t, session, { inFlight: 64, queue: 64, waitMs: 5000 })
    const outcomes = new Map<string, number>()
    let left = calls
    const worker = async () => {
      while (left-- > 0) {
        const outcome = await oneCall(fixture)
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: 64 }, worker))
    assert.deepEqual([...outcomes.keys()].sort(), ['as it should be', 'cancelled', 'timeout'])
    assert.ok(outcomes.get('as it should be')! > calls * 0.75, JSON.stringify([...outcomes]))
    await stillFine(fixture)
  })

  test(`10,000 calls at once do not wedge the connection: ${carrier}`, async (t) => {
    const fixture = await openReady(t, session, { inFlight: 10_000, timeoutMs: 20_000 })
    const answers = await Promise.all(
      Array.from({ length: 10_000 }, (_, index) =>
        fixture.connection.db.tableGet(echo(Buffer.of(index), 1 + (index % 9))),
      ),
    )
    for (const [index, { rows }] of answers.entries()) assert.ok(Buffer.alloc(1 + (index % 9), index).equals(rows))
    await stillFine(fixture)
  })

  test(`10,000 calls given up at once do no harm: ${carrier}`, async (t) => {
    const fixture = await openReady(t, session, { inFlight: 10_000, timeoutMs: 20_000 })
    const controller = new AbortController()
    const { signal } = controller
    setMaxListeners(0, signal)
    const given = Array.from({ length: 10_000 }, () =>
      fixture.connection.db.tableGet(tableGetRequest('sleep_3000'), { signal }).catch((error: CallError) => error.kind),
    )
    await delay(200)
    controller.abort()
    assert.deepEqual(new Set(await Promise.all(given)), new Set(['cancelled']))
    assert.equal(fixture.connection.status.inFlight, 0)
    // The plugin takes note of them first.
    await pidOf(fixture.connection)
    await stillFine(fixture)
  })

  test(`health answers within 100 ms while 1,000 calls are in flight and others come and go: ${carrier}`, async (t) => {
    const fixture = await openReady(t, session, { inFlight: 2000, timeoutMs: 20_000 })
    const { db } = fixture.connection
    const waiting = Array.from({ length: 1000 }, () => db.tableGet(tableGetRequest('sleep_3000')))
    await delay(200)
    let busy = true
    const others = Array.from({ length: 8 }, async () => {
      while (busy) await db.tableGet(echo(Buffer.from('x'), 1000))
    })
    const health = await openHealth(t)
    const times: number[] = []
    for (let index = 0; index < 20; index++) {
      const start = performance.now()
      assert.equal(await health(), 'SERVING')
      times.push(performance.now() - start)
      assert.ok(fixture.connection.status.inFlight >= 1000)
      await delay(20)
    }
    // Half of them: one may fall into a pause of the machine.
    const median = times.sort((a, b) => a - b)[10]!
    assert.ok(median < 100, `${median} ms`)
    busy = false
    await Promise.all([...waiting, ...others])
    await stillFine(fixture)
  })
}

/** What became of it; every answer was compared with what it must be. */
const oneCall = async ({ connection: { db } }: Fixture): Promise<string> => {
  const kind = randomInt(100)
  const [sent, received] = [randomInt(maxBytes), randomInt(maxBytes)]
  const start = randomInt(pool.length - sent)
  const bytes = pool.subarray(start, start + sent)
  try {
    if (kind === 0) {
      await db.tableGet(tableGetRequest('hang'), { timeoutMs: 30 })
      return 'an answer to a call that has none'
    }
    if (kind === 1) {
      const { rows } = await db.tableCreate({ ...tableCreate('t'), rows: bytes })
      return bytes.equals(rows) ? 'as it should be' : 'other bytes'
    }
    const signal = kind < 12 ? AbortSignal.timeout(randomInt(1, 20)) : undefined
    const { rows } = await db.tableGet(echo(bytes, received), { signal })
    return Buffer.alloc(received, bytes).equals(rows) ? 'as it should be' : 'other bytes'
  } catch (error) {
    // Host and plugin watch the same deadline; either may be the first to say so.
    return (error as CallError).kind ?? (error as PluginError).reason ?? String(error)
  }
}

const stillFine = async ({ connection, of }: Fixture): Promise<void> => {
  const start = performance.now()
  await pidOf(connection)
  const took = performance.now() - start
  // Long before any deadline.
  assert.ok(took < 2000, `${took} ms`)
  assert.equal(connection.status.inFlight, 0)
  assert.equal(connection.status.restarts, 0)
  assert.equal(of('plugin-replaced').length, 0)
}

const echo = (bytes: Buffer, length: number): TableGetRequest => ({
  ...tableGetRequest(`echo_${length}`),
  context: { userId: '', timezone: '', txEnd: 'unspecified', readOnly: true, ctx: bytes },
})

/** Asks the plugin itself, on a connection of its own. */
const openHealth = async (t: TestContext): Promise<() => Promise<string>> => {
  const directory = process.env.XDG_RUNTIME_DIR!
  const [name] = readdirSync(directory).filter((entry) => entry.startsWith('er-'))
  const client = new Client(`unix:${join(directory, name!, 'plugin.sock')}`, credentials.createInsecure())
  t.after(() => client.close())
  const { path, requestSerialize, responseDeserialize } = healthService.Check
  return () =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service: 'plugin' }, (error, response) => {
        if (error) reject(error)
        else resolve(response!.status)
      })
    })
}

const openReady = async (t: TestContext, session: string, limits: object): Promise<Fixture> => {
  const path = fixturePath('session-plugin.mjs')
  const fixture = openFixture({ path, servesCache: false, env: { SESSION: session }, limits })
  t.after(fixture.finish)
  await fixture.connection.ready()
  return fixture
}

const maxBytes = 200 * 1024

const pool = randomBytes(4 * maxBytes)
