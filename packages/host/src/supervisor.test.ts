import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { tableGetRequest } from '@easyrest/protocol'
import type { CallError } from './call-error.js'
import {
  callErrorOf,
  isAlive,
  isZombie,
  nothingLeft,
  openFixture,
  openFor,
  openReady,
  pidOf,
  tableCreate,
  until,
} from './open-fixture.js'
import { PluginStartError } from './plugin-start-error.js'

test('a process killed with -9 is replaced, with a new directory and socket', async (t) => {
  const fixture = await openReady(t)
  const { connection } = fixture
  const first = await pidOf(connection)
  process.kill(first, 'SIGKILL')
  await until(() => connection.status.pid !== first)
  const second = await pidOf(connection)
  assert.notEqual(second, first)
  assert.equal(connection.status.restarts, 1)
  assert.match(connection.status.lastError ?? '', /ended by SIGKILL/)
  assert.deepEqual(await fixture.finish(), nothingLeft)
  assert.deepEqual(
    fixture.of('plugin-exited').map(({ signal, expected }) => [signal, expected]),
    [
      ['SIGKILL', false],
      [undefined, true],
    ],
  )
})

test('a call during a restart that takes longer than it may wait is unavailable, and not sent', async (t) => {
  const { connection } = await openReady(t, { evil: 'slow-restart', limits: { waitMs: 50 } })
  process.kill(connection.status.pid!, 'SIGKILL')
  await until(() => connection.status.state !== 'ready')
  const error = await callErrorOf(connection.db.tableCreate(tableCreate('t')), 'unavailable')
  assert.equal(error.sent, false)
  await connection.waitReady(5000)
  assert.deepEqual((await connection.db.tableCreate(tableCreate('t'))).affected, 1)
})

test('after failed starts calls are refused at once and told when the next start is due', async (t) => {
  const { connection } = await openReady(t, { evil: 'dies-after-first' })
  process.kill(connection.status.pid!, 'SIGKILL')
  await until(() => connection.status.state === 'waiting' && connection.status.restarts >= 2)
  const start = performance.now()
  const error = await callErrorOf(connection.db.tableGet(tableGetRequest('pid')), 'unavailable')
  // It would wait for five seconds.
  assert.ok(performance.now() - start < 3000)
  assert.ok(error.retryAfterMs > 0 && error.retryAfterMs <= 1000, `${error.retryAfterMs} ms`)
  assert.ok(connection.status.retryAfterMs > 0)
  assert.match(connection.status.lastError ?? '', /exited with code 4/)
})

test('a connection whose database is down heals by itself', async (t) => {
  const mark = join(tmpdir(), `database-${process.pid}`)
  const fixture = openFor(t, { uri: `fixture://host/db?waitFor=${mark}` })
  t.after(() => rmSync(mark, { force: true }))
  await assert.rejects(fixture.connection.ready(), /unavailable: the database is down/)
  await callErrorOf(fixture.connection.db.tableGet(tableGetRequest('pid')), 'unavailable')
  writeFileSync(mark, '')
  await fixture.connection.waitReady(10_000)
  assert.equal(typeof (await pidOf(fixture.connection)), 'number')
})

test('a read in flight at a crash is repeated once on the next process', async (t) => {
  const { connection } = await openReady(t)
  const first = connection.status.pid
  const { rows } = await connection.db.tableGet(tableGetRequest('crashonce_a'))
  assert.notEqual(JSON.parse(Buffer.from(rows).toString())[0].pid, first)
  assert.equal(connection.status.restarts, 1)
})

test('a read in flight at two crashes is not tried a third time', async (t) => {
  const fixture = await openReady(t)
  const error = await callErrorOf(fixture.connection.db.tableGet(tableGetRequest('crash')), 'crashed')
  assert.equal(error.sent, true)
  await fixture.connection.waitReady(5000)
  assert.equal(fixture.connection.status.restarts, 2)
})

test('a write in flight at a crash is not repeated, and known to be sent', async (t) => {
  const fixture = await openReady(t)
  const error = await callErrorOf(fixture.connection.db.tableCreate(tableCreate('crash')), 'crashed')
  assert.equal(error.sent, true)
  await fixture.connection.waitReady(5000)
  assert.equal(fixture.connection.status.restarts, 1)
})

test('a plugin that hangs altogether is replaced after three missed deadlines', async (t) => {
  const fixture = await openReady(t)
  const { connection } = fixture
  const first = connection.status.pid
  const calls = ['freeze', 'pid', 'pid'].map((table) =>
    connection.db.tableGet(tableGetRequest(table), { timeoutMs: 200 }).catch((error: CallError) => error.kind),
  )
  assert.deepEqual(await Promise.all(calls), ['timeout', 'timeout', 'timeout'])
  await until(() => connection.status.pid !== first && connection.status.state === 'ready')
  assert.equal(fixture.of('plugin-replaced').length, 1)
  assert.notEqual(await pidOf(connection), first)
})

// Guard: the health check on the data connection in hang-watch.ts; the control connection alone looks well.
test('a plugin whose data connection is stuck is replaced, though it answers health checks', async (t) => {
  const fixture = await openReady(t, { evil: 'stuck-data-connection' })
  const { connection } = fixture
  const first = await pidOf(connection)
  await delay(700)
  const calls = ['pid', 'pid', 'pid'].map((table) =>
    connection.db.tableGet(tableGetRequest(table), { timeoutMs: 200 }).catch((error: CallError) => error.kind),
  )
  assert.deepEqual(await Promise.all(calls), ['timeout', 'timeout', 'timeout'])
  await until(() => connection.status.pid !== first && connection.status.state === 'ready', 8000)
  assert.match(fixture.of('plugin-replaced')[0]?.reason ?? '', /its data connection is stuck/)
  assert.notEqual(await pidOf(connection), first)
})

test('a plugin that dies between its start and the first call comes back with growing pauses', async (t) => {
  const fixture = openFor(t, { evil: 'dies-after-init' })
  await delay(4000)
  // Guard: back-off.ts; without it there would be one start every 150 ms. 0, 0.1, 0.2, 0.4, 0.8 s are allowed.
  const starts = fixture.of('plugin-started').length
  assert.ok(starts >= 2 && starts <= 7, `${starts} starts`)
  assert.ok(fixture.of('plugin-exited').every(({ code }) => code === 5))
})

test('close lets calls in flight finish and refuses new ones', async (t) => {
  const fixture = await openReady(t)
  const { connection } = fixture
  const running = connection.db.tableGet(tableGetRequest('sleep_300'))
  const closed = connection.close(5000)
  await callErrorOf(pidOf(connection), 'unavailable')
  assert.equal((await running).rowCount, 0)
  await closed
  assert.equal(connection.status.state, 'closed')
  assert.deepEqual(await fixture.finish(), nothingLeft)
})

test('close ends what does not finish in time', async (t) => {
  const fixture = await openReady(t)
  const running = callErrorOf(fixture.connection.db.tableCreate(tableCreate('sleep_9000')), 'crashed')
  const start = performance.now()
  await fixture.connection.close(200)
  assert.ok(performance.now() - start < 8000)
  assert.equal((await running).sent, true)
  assert.deepEqual(await fixture.finish(), nothingLeft)
})

test('close during a start ends the start', async () => {
  const fixture = openFixture({ evil: 'silent' })
  await until(() => fixture.of('plugin-started').length === 1)
  const ready = assert.rejects(fixture.connection.ready(), /is closed/)
  assert.deepEqual(await fixture.finish(), nothingLeft)
  await ready
})

test('a plugin that ignores Shutdown and signals is ended after two seconds', async (t) => {
  const fixture = await openReady(t, { evil: 'ignores-shutdown' })
  const start = performance.now()
  assert.deepEqual(await fixture.finish(), nothingLeft)
  const took = performance.now() - start
  assert.ok(took > 1800 && took < 3000, `${took} ms`)
})

// Guards: kill(-group) for the first; for the one that left group and session, the mark in its environment.
for (const evil of ['leaves-child', 'escaped-child']) {
  test(`what a plugin leaves behind ends with it, and its exit is noticed at once: ${evil}`, async (t) => {
    const fixture = await openReady(t, { evil })
    const { connection } = fixture
    const child = Number(readFileSync(join(fixture.marks, 'child'), 'utf8'))
    const first = connection.status.pid!
    process.kill(first, 'SIGKILL')
    await until(() => connection.status.pid !== first, 500)
    await until(() => !isAlive(child) || isZombie(child))
    assert.deepEqual(await fixture.finish(), nothingLeft)
  })
}

test('a directory that the plugin locked is removed', async (t) => {
  const fixture = openFor(t, { evil: 'locks-directory' })
  // Only root can still connect to it; what counts is that nothing of it is left.
  await fixture.connection.ready().catch((error) => assert.ok(error instanceof PluginStartError, String(error)))
  assert.deepEqual(await fixture.finish(), nothingLeft)
})

test('a plugin that dies does not disturb the calls of another', async (t) => {
  const good = await openReady(t)
  const bad = await openReady(t)
  const running = good.connection.db.tableGet(tableGetRequest('sleep_300'))
  process.kill(bad.connection.status.pid!, 'SIGKILL')
  assert.equal((await running).rowCount, 0)
  assert.equal(good.connection.status.restarts, 0)
})
