import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { RequestContext, TableGetRequest } from '@easyrest/plugin'
import { dbService, type PluginUnderTest, pluginService, startPlugin } from '@easyrest/plugin/testing'

let plugin: PluginUnderTest

before(async () => {
  plugin = await startPlugin(fileURLToPath(new URL('../bin/easyrest-plugin-memory.js', import.meta.url)))
  await plugin.call(dbService.InitConnection, { uri: 'memory://' })
  const rows = Buffer.from(
    '[{"id":9007199254740993,"name":"b"},{"id":2,"name":null},{"name":"a","id":1.50},{"id":10,"name":"b"}]',
  )
  const created = await plugin.call(dbService.TableCreate, { table: 't', rows, rowCount: 4 })
  assert.deepEqual([created.affected, created.inserted, created.rowCount], [4, 4, 4])
  assert.equal(
    String(created.rows),
    '[{"id":9007199254740993,"name":"b"},{"id":2,"name":null},{"id":1.50,"name":"a"},{"id":10,"name":"b"}]',
  )
})

after(() => plugin.stop())

const get = async (request: Partial<TableGetRequest>) =>
  String((await plugin.call(dbService.TableGet, { table: 't', ...request })).rows)

const context = (changes: Partial<RequestContext>): RequestContext => ({
  userId: '',
  timezone: 'UTC',
  txEnd: 'commit',
  readOnly: false,
  ctx: Buffer.from('{}'),
  ...changes,
})

const name = (value: string) => ({ kind: 'comparison', column: 'name', operator: 'eq', operands: [value] }) as const
const idOnly = [{ kind: 'column', alias: 'key', column: 'id', cast: '' }] as const

test('under 60 lines, and no import but the SDK', () => {
  const source = readFileSync(new URL('../src/main.ts', import.meta.url), 'utf8')
  assert.ok(source.split('\n').length - 1 < 60)
  const imported = [...source.matchAll(/from '([^']+)'|import\('([^']+)'\)/g)].map((match) => match[1] ?? match[2])
  assert.deepEqual([...new Set(imported)], ['@easyrest/plugin'])
})

test('it says what it can', async () => {
  const { roles, schemes, capabilities } = await plugin.call(pluginService.GetInfo)
  assert.deepEqual([roles, schemes, capabilities], [['db'], ['memory'], ['session', 'filter_tree', 'count']])
})

test('where, ordering, page, select and count', async () => {
  assert.equal(await get({ where: name('b'), select: idOnly }), '[{"key":9007199254740993},{"key":10}]')
  assert.equal(await get({ where: { kind: 'not', item: name('b') }, select: idOnly }), '[{"key":1.50}]')
  const ordering = [
    { column: 'name', direction: 'desc', nulls: 'unspecified' },
    { column: 'key', direction: 'asc', nulls: 'unspecified' },
  ] as const
  assert.equal(await get({ ordering, select: idOnly }), '[{"key":2},{"key":10},{"key":9007199254740993},{"key":1.50}]')
  assert.equal(await get({ ordering, select: idOnly, page: { limit: 1, offset: 1 } }), '[{"key":10}]')
  assert.equal(await get({ page: { limit: 0, offset: 0 } }), '[]')
  const counted = await plugin.call(dbService.TableGet, { table: 't', page: { limit: 1, offset: 0 }, count: 'exact' })
  assert.deepEqual([counted.rowCount, counted.total], [1, 4])
})

test('unknown names are answered with the nearest', async () => {
  await assert.rejects(get({ table: 'tt' }), { reason: 'unknown_table', details: { table: 'tt', nearest: 't' } })
  const where = { ...name('x'), column: 'nme' }
  await assert.rejects(get({ where }), { reason: 'unknown_column', details: { column: 'nme', nearest: 'name' } })
  const rows = Buffer.from('[{"idd":1}]')
  await assert.rejects(plugin.call(dbService.TableCreate, { table: 't', rows }), { reason: 'unknown_column' })
  const data = Buffer.from('{"x":1}')
  await assert.rejects(plugin.call(dbService.TableUpdate, { table: 't', data }), { reason: 'unknown_column' })
})

test('a rollback answers what would have been and keeps nothing; refused writes neither', async () => {
  const before = await get({})
  const dry = context({ txEnd: 'rollback' })
  const rows = Buffer.from('[{"id":77,"name":"new"}]')
  const created = await plugin.call(dbService.TableCreate, { table: 't', rows, context: dry })
  assert.deepEqual([created.affected, String(created.rows)], [1, '[{"id":77,"name":"new"}]'])
  const elsewhere = await plugin.call(dbService.TableCreate, { table: 'none', rows, context: dry })
  assert.equal(elsewhere.affected, 1)
  await assert.rejects(get({ table: 'none' }), { reason: 'unknown_table' })
  assert.equal((await plugin.call(dbService.TableDelete, { table: 't', context: dry })).affected, 4)
  const data = Buffer.from('{"name":"x"}')
  const update = (more: object) => plugin.call(dbService.TableUpdate, { table: 't', data, where: name('b'), ...more })
  assert.equal((await update({ context: dry })).affected, 2)
  await assert.rejects(update({ maxAffected: 1 }), { reason: 'max_affected' })
  await assert.rejects(update({ expectSingle: true }), { reason: 'singular' })
  await assert.rejects(update({ context: context({ readOnly: true }) }), { reason: 'permission' })
  assert.equal(await get({}), before)
})

test('columns, update and delete', async () => {
  const rows = Buffer.from('[{"id":1,"name":"ignored"},{"id":"two"}]')
  const created = await plugin.call(dbService.TableCreate, { table: 'u', rows: Buffer.from('[{"id":0,"name":"n"}]') })
  assert.equal(created.affected, 1)
  const more = await plugin.call(dbService.TableCreate, { table: 'u', rows, columns: ['id'], returning: 'none' })
  assert.deepEqual([more.affected, more.rowCount], [2, 0])
  const data = Buffer.from('{"name":"é"}')
  const where = { kind: 'comparison', column: 'name', operator: 'is', operands: ['null'] } as const
  assert.equal((await plugin.call(dbService.TableUpdate, { table: 'u', data, where })).affected, 2)
  assert.equal((await plugin.call(dbService.TableDelete, { table: 'u', where: name('n') })).affected, 1)
  assert.equal(await get({ table: 'u' }), '[{"id":1,"name":"é"},{"id":"two","name":"é"}]')
})

test('the schema names every table and column', async () => {
  const { schema } = await plugin.call(dbService.GetSchema)
  const { tables, views, rpc } = JSON.parse(String(schema))
  assert.deepEqual(tables.t, { type: 'object', properties: { id: { type: 'number' }, name: { type: 'string' } } })
  assert.deepEqual([views, rpc], [{}, {}])
})
