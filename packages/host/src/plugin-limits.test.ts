import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tableGetRequest } from '@easyrest/protocol'
import type { DbClient } from './connection.js'
import { linkConnection } from './link-connection.js'
import { callErrorOf, openReady, until } from './open-fixture.js'

const env = { MAX_IN_FLIGHT: '4' }

test('a plugin gets no more calls and streams at once than it has said; the others wait', async (t) => {
  const { connection } = await openReady(t, { env })
  await Promise.all([...busyCalls(connection.db, 20), ...busyStreams(connection.db, 4)])
  assert.equal(await mostAtOnce(connection.db), 4)
})

test('calls that came before the plugin was ready are no exception, also after a crash', async (t) => {
  const { connection } = await openReady(t, { env })
  const { pid } = connection.status
  process.kill(pid!, 'SIGKILL')
  await until(() => connection.status.pid !== pid)
  await Promise.all(busyCalls(connection.db, 20))
  assert.equal(await mostAtOnce(connection.db), 4)
})

test('processes that share a plugin share what it takes', async (t) => {
  const { connection } = await openReady(t, { env, callsFromElsewhere: true, limits: { sharedBy: 2 } })
  const open = () => {
    const reports = structuredClone(connection.reports())
    return linkConnection(connection.settings, reports, { complain: () => {}, environment: {} })
  }
  const linked = [open(), open()]
  t.after(() => Promise.all(linked.map((each) => each.close(0))))
  await Promise.all(linked.map((each) => each.ready()))
  await Promise.all(linked.flatMap(({ db }) => busyCalls(db, 10)))
  assert.equal(await mostAtOnce(linked[0]!.db), 4)
})

test('a call that waits too long for its turn is refused as overloaded', async (t) => {
  const { connection } = await openReady(t, { env: { MAX_IN_FLIGHT: '1' }, limits: { waitMs: 50 } })
  const slow = connection.db.tableGet(tableGetRequest('busy_1000'))
  await until(() => connection.status.inFlight === 1)
  await callErrorOf(connection.db.tableGet(tableGetRequest('most')), 'overloaded')
  await slow
})

const busyCalls = (db: DbClient, count: number): Promise<unknown>[] =>
  Array.from({ length: count }, () => db.tableGet(tableGetRequest('busy_20')))

const busyStreams = (db: DbClient, count: number): Promise<unknown>[] =>
  Array.from({ length: count }, async () => {
    for await (const _chunk of db.tableGetStream(tableGetRequest('busy_20')));
  })

const mostAtOnce = async (db: DbClient): Promise<number> => {
  const { rows } = await db.tableGet(tableGetRequest('most'))
  return JSON.parse(String(rows))[0].most
}
