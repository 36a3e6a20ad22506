import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dbService, type PluginUnderTest, startPlugin } from '@easyrest/plugin/testing'

let plugin: PluginUnderTest

before(async () => {
  plugin = await startPlugin(fileURLToPath(new URL('../../bin/program.js', import.meta.url)))
  await plugin.call(dbService.InitConnection, { uri: '{{scheme}}://' })
})

after(() => plugin.stop())

test('what was written is read, with every digit', async () => {
  const rows = '[{"id":9007199254740993,"name":"a"},{"id":2,"name":null}]'
  await plugin.call(dbService.TableCreate, { table: 'things', rows: Buffer.from(rows) })
  const answer = await plugin.call(dbService.TableGet, { table: 'things' })
  assert.equal(String(answer.rows), rows)
})

test('an unknown table is answered with its reason', async () => {
  await assert.rejects(plugin.call(dbService.TableGet, { table: 'thing' }), { reason: 'unknown_table' })
})
