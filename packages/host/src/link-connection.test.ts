import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { tableGetRequest } from '@easyrest/protocol'
import type { Complaint } from './instance-report.js'
import { type LinkedConnection, linkConnection } from './link-connection.js'
import {
  callErrorOf,
  type Fixture,
  type FixtureOptions,
  fixturePath,
  openReady,
  pidOf,
  tableCreate,
  until,
} from './open-fixture.js'

test('calls reach a process that another owns, as often as it is replaced', async (t) => {
  const { fixture, linked } = await openLinked(t)
  for (let round = 0; round < 3; round++) {
    const { pid } = fixture.connection.status
    assert.equal(await pidOf(linked), pid)
    assert.equal(linked.status.pid, pid)
    process.kill(pid!, 'SIGKILL')
    await until(() => fixture.connection.status.pid !== pid && fixture.connection.status.state === 'ready')
  }
  assert.ok(linked.can('stream'))
  assert.equal(linked.info?.name, 'fixture')
})

test('a read in flight is repeated on the next process, and what waits for it goes there too', async (t) => {
  const { fixture, linked } = await openLinked(t)
  const inFlight = linked.db.tableGet(tableGetRequest('sleep_300'))
  const { pid } = fixture.connection.status
  await until(() => linked.status.inFlight === 1)
  process.kill(pid!, 'SIGKILL')
  await until(() => linked.status.state !== 'ready')
  assert.notEqual(await pidOf(linked), pid)
  await inFlight
})

test('a plugin that breaks a rule of the session is complained of, and not connected to again', async (t) => {
  const { fixture, linked, complaints } = await openLinked(t, {
    path: fixturePath('session-plugin.mjs'),
    servesCache: false,
    env: { SESSION: 'unknown-id' },
  })
  const { pid } = fixture.connection.status
  await callErrorOf(linked.db.tableCreate(tableCreate('fault')), 'crashed')
  assert.equal(complaints.length, 1)
  assert.match(complaints[0]!.reason, /broke a rule of the session/)
  assert.notEqual(linked.status.state, 'ready')
  await until(() => fixture.connection.status.pid !== pid && fixture.connection.status.state === 'ready')
  assert.ok(fixture.of('plugin-replaced').some((seen) => seen.pid === pid))
})

test('a process that hangs is complained of after missed deadlines and a failed health check', async (t) => {
  const { fixture, linked, complaints } = await openLinked(t)
  const { pid } = fixture.connection.status
  process.kill(pid!, 'SIGSTOP')
  for (let count = 0; count < 3; count++) {
    assert.equal(complaints.length, 0, 'control: not before')
    await callErrorOf(linked.db.tableGet(tableGetRequest('pid'), { timeoutMs: 100 }), 'timeout')
  }
  await until(() => complaints.length > 0)
  assert.match(complaints[0]!.reason, /answers neither calls nor a health check/)
  await until(() => fixture.connection.status.pid !== pid && fixture.connection.status.state === 'ready')
  assert.notEqual(await pidOf(linked), pid)
})

test('calls reach a process that speaks TLS', async (t) => {
  const { fixture, linked } = await openLinked(t, { evil: 'unix-tls', tls: 'always' })
  assert.equal(await pidOf(linked), fixture.connection.status.pid)
  assert.notEqual(fixture.connection.reports()[0]?.process?.tls, undefined, 'control')
})

test('it is not ready when its process cannot be connected to, and says why', async (t) => {
  const { linked, complaints } = await openLinked(
    t,
    { evil: 'two-connections', limits: { startTimeoutMs: 1000 } },
    false,
  )
  await assert.rejects(linked.ready(), /shop: a worker cannot connect to it/)
  assert.match(complaints[0]?.reason ?? '', /cannot connect/)
  assert.notEqual(linked.status.state, 'ready')
})

test('closed, it takes no calls and does not follow', async (t) => {
  const { linked, fixture } = await openLinked(t)
  await linked.close(0)
  linked.update(fixture.connection.reports())
  assert.equal(linked.status.state, 'closed')
  await callErrorOf(linked.db.tableGet(tableGetRequest('pid')), 'unavailable')
  assert.equal(fixture.connection.status.state, 'ready', 'control: the process is not its own to stop')
})

interface Linked {
  readonly fixture: Fixture
  readonly linked: LinkedConnection
  readonly complaints: Complaint[]
}

/** Both ends in one process; reports are copied as between two. */
const openLinked = async (t: TestContext, options: FixtureOptions = {}, ready = true): Promise<Linked> => {
  const fixture = await openReady(t, { ...options, callsFromElsewhere: true })
  const { connection } = fixture
  const complaints: Complaint[] = []
  const complain = (complaint: Complaint) => {
    complaints.push(complaint)
    connection.complain(complaint)
  }
  const reports = () => structuredClone(connection.reports())
  const linked = linkConnection(connection.settings, reports(), { complain, environment: {} })
  connection.watch(() => linked.update(reports()))
  t.after(() => linked.close(0))
  if (ready) await linked.ready()
  return { fixture, linked, complaints }
}
