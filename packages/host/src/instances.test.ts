import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tableGetRequest } from '@easyrest/protocol'
import { nothingLeft, openReady, pidOf, until } from './open-fixture.js'

test('calls go to the instance with the fewest in flight, and to equals in turn', async (t) => {
  const fixture = await openReady(t, { instances: 2 })
  const { connection } = fixture
  const pids = connection.status.instances.map(({ pid }) => pid).sort()
  assert.equal(new Set(pids).size, 2)
  const asked = await Promise.all(Array.from({ length: 8 }, () => pidOf(connection)))
  for (const pid of pids) assert.equal(asked.filter((answered) => answered === pid).length, 4)

  const slow = Array.from({ length: 3 }, () => connection.db.tableGet(tableGetRequest('sleep_1000')))
  const few = await pidOf(connection)
  assert.deepEqual([await pidOf(connection), await pidOf(connection)], [few, few], 'one has two to do, the other one')
  await Promise.all(slow)
  assert.deepEqual(await fixture.finish(), nothingLeft)
})

test('an instance that is down does not stop the others, and comes back', async (t) => {
  const { connection } = await openReady(t, { instances: 2, limits: { waitMs: 50 } })
  const [first, second] = connection.status.instances
  process.kill(first!.pid!, 'SIGKILL')
  await until(() => connection.status.instances[0]?.state !== 'ready')
  assert.equal(connection.status.state, 'ready')
  for (let count = 0; count < 4; count++) assert.equal(await pidOf(connection), second?.pid)
  await until(() => connection.status.instances.every(({ state }) => state === 'ready'))
  assert.equal(connection.status.restarts, 1)
  const asked = new Set(await Promise.all(Array.from({ length: 4 }, () => pidOf(connection))))
  assert.equal(asked.size, 2)
})

test('a read that was in flight in a killed instance is answered by another', async (t) => {
  const { connection } = await openReady(t, { instances: 2 })
  const slow = Array.from({ length: 4 }, () => connection.db.tableGet(tableGetRequest('sleep_500')))
  await until(() => connection.status.inFlight === 4)
  process.kill(connection.status.instances[1]!.pid!, 'SIGKILL')
  assert.equal((await Promise.all(slow)).length, 4)
})
