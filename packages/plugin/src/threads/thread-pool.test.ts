import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dbService, startPlugin } from '../testing.js'

const program = fileURLToPath(new URL('../fixtures/threaded-program.js', import.meta.url))

const placeIn = ({ rows }: { rows: Uint8Array }) => JSON.parse(String(rows))[0]

test('calls run in threads, those that do not block in the main thread, and both are connected first', async (context) => {
  const plugin = await startPlugin(program)
  context.after(() => plugin.stop())
  await assert.rejects(plugin.call(dbService.Query, { statement: 'x' }), { reason: 'unavailable' })
  await plugin.call(dbService.InitConnection, { uri: 'threaded://x', connectionName: 'test' })
  assert.deepEqual(placeIn(await plugin.call(dbService.TableGet, { table: 't' })), { main: false })
  assert.deepEqual(placeIn(await plugin.call(dbService.Query, { statement: 'x' })), { main: true })
})

test('a read is done once, however long its answer takes to pass on', async (context) => {
  const plugin = await startPlugin(program)
  context.after(() => plugin.stop())
  await plugin.call(dbService.InitConnection, { uri: 'threaded://x', connectionName: 'test' })
  const { rows } = await plugin.call(dbService.TableGet, { table: 'large' }, { timeoutMs: 60_000 })
  assert.equal(rows.length, 60_000_013)
  assert.equal(plugin.stderr.match(/the large table was read/g)?.length, 1)
})

test('a method that the plugin does not have is refused by the name of its capability', async (context) => {
  const plugin = await startPlugin(program)
  context.after(() => plugin.stop())
  const refused = (capability: string) => ({ reason: 'unsupported', details: { capability } })
  await assert.rejects(plugin.call(dbService.CallFunction, { function: 'f' }), refused('functions'))
  await assert.rejects(plugin.call(dbService.EnsureTable, { table: 't' }), refused('ensure_table'))
  await assert.rejects(plugin.call(dbService.TableBatch), refused('batch'))
})
