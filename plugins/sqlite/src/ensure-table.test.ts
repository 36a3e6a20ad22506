import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dbService, startPlugin } from '@easyrest/plugin/testing'
import type { PluginError } from '@easyrest/protocol'
import { compare, contextWith, TestDatabase } from './test-database.js'

const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const nothing = 'CREATE TABLE other (a)'

const definition = [
  { name: 'id', type: 'int64', nullable: false },
  { name: 'name', type: 'text', maxLength: 3, nullable: false, defaultJson: json("i's") },
  { name: 'code', type: 'ascii', maxLength: 5 },
  { name: 'ratio', type: 'double', defaultJson: json(0.1) },
  { name: 'open', type: 'boolean', nullable: false, defaultJson: json(true) },
  { name: 'bytes', type: 'bytes', defaultJson: json('AAE=') },
  { name: 'at', type: 'timestamp', defaultJson: json('2024-06-01T12:00:00Z') },
  { name: 'large', type: 'int64', defaultJson: Buffer.from('-9223372036854775808') },
] as const

const whole = {
  primaryKey: ['id'],
  indexes: [
    { name: 'shops_code', columns: ['code', 'name'], unique: true },
    { name: 'shops_at', columns: ['at'], unique: false },
  ],
}

test('a table with every type, its defaults, its key and its indexes', async (context) => {
  const database = await TestDatabase.create(context, nothing)
  assert.deepEqual(await database.ensure('shops', definition, whole), { created: true })
  const { rows } = await database.create('shops', [{ id: 1 }])
  assert.equal(
    rows,
    `[{"id":1,"name":"i's","code":null,"ratio":0.1,"open":true,"bytes":"AAE=","at":"2024-06-01T12:00:00+00:00",` +
      '"large":-9223372036854775808}]',
  )
  const { schema } = await database.plugin.getSchema({ context: contextWith({}), knownVersion: '' })
  const { properties, required, 'x-primary-key': key } = JSON.parse(String(schema)).tables.shops
  assert.deepEqual([required, key], [['id'], ['id']])
  assert.deepEqual(properties.open, { type: 'boolean', 'x-default': true })
  assert.deepEqual(properties.bytes, { type: 'string', format: 'byte', 'x-nullable': true, 'x-default': 'AAE=' })
  assert.deepEqual(properties.name, { type: 'string', 'x-default': "i's" })
})

test('the constraints it was asked for hold, and name their column', async (context) => {
  const database = await TestDatabase.create(context, nothing)
  await database.ensure('shops', definition, whole)
  await database.create('shops', [{ id: 1, name: 'äöü', code: 'abcde' }])
  const cases: [object, string, string | undefined][] = [
    [{ id: 2, name: 'four' }, 'bad_value', 'name'],
    [{ id: 2, name: `a\0${'x'.repeat(20)}` }, 'bad_value', 'name'],
    [{ id: 2, name: null }, 'not_null', 'name'],
    [{ name: 'no' }, 'not_null', 'id'],
    [{ id: null }, 'not_null', 'id'],
    [{ id: 1 }, 'unique', 'id'],
    [{ id: 2, code: 'abcde', name: 'äöü' }, 'unique', 'code, name'],
  ]
  for (const [row, reason, column] of cases) {
    await assert.rejects(database.create('shops', [row]), (error: PluginError) => {
      assert.deepEqual([error.reason, error.details.column], [reason, column], error.message)
      return true
    })
  }
})

test('the same again changes nothing, and more is added', async (context) => {
  const database = await TestDatabase.create(context, nothing)
  await database.ensure('shops', definition, whole)
  const version = () => database.other.get({ text: 'PRAGMA schema_version', parameters: [] })![0]
  const before = version()
  assert.deepEqual(await database.ensure('shops', definition, whole), { created: false })
  assert.deepEqual(await database.ensure('shops', []), { created: false })
  assert.equal(version(), before)
  await database.create('shops', [{ id: 1 }])
  const more = [
    { name: 'note', defaultJson: json('none'), nullable: false, maxLength: 9 },
    { name: 'least', type: 'int64', defaultJson: Buffer.from('-9223372036854775808') },
    { name: 'extra' },
  ] as const
  const indexes = [{ name: 'shops_note', columns: ['note', 'id'], unique: false }]
  assert.deepEqual(await database.ensure('shops', more, { indexes }), { created: false })
  const [row] = await database.rows('shops')
  assert.deepEqual([row!.note, row!.extra, row!.name], ['none', null, "i's"])
  assert.match(await database.text('shops'), /"least":-9223372036854775808/)
  await assert.rejects(database.create('shops', [{ id: 2, note: 'far too long' }]), {
    reason: 'bad_value',
    message: 'the text is too long for note',
  })
})

test('a column that may not be null needs a default where there are rows', async (context) => {
  const database = await TestDatabase.create(context, 'CREATE TABLE t (a)')
  await database.ensure('t', [{ name: 'b', nullable: false }])
  await database.create('t', [{ b: 'x' }])
  await assert.rejects(database.ensure('t', [{ name: 'c', nullable: false }]), {
    reason: 'not_null',
    details: { column: 'c', table: 't' },
  })
  assert.equal(await database.text('t'), '[{"a":null,"b":"x"}]')
})

test('ascii is compared byte by byte, and a column that is not is refused', async (context) => {
  const database = await TestDatabase.create(
    context,
    'CREATE TABLE t (folded TEXT COLLATE NOCASE, trimmed TEXT COLLATE RTRIM, plain TEXT)',
  )
  await database.ensure('t', [{ name: 'plain', type: 'ascii' }])
  for (const name of ['folded', 'trimmed']) {
    await database.ensure('t', [{ name, type: 'text' }])
    await assert.rejects(database.ensure('t', [{ name, type: 'ascii' }]), {
      reason: 'bad_value',
      details: { column: name, table: 't' },
    })
  }
  await database.ensure('keys', [{ name: 'k', type: 'ascii', nullable: false }], { primaryKey: ['k'] })
  await database.create(
    'keys',
    ['b', 'B', 'a', 'é', 'Z '].map((k) => ({ k })),
  )
  const ordering = [{ column: 'k', direction: 'asc', nulls: 'unspecified' }] as const
  assert.deepEqual(await database.values('keys', 'k', { ordering }), ['B', 'Z ', 'a', 'b', 'é'])
  assert.deepEqual(await database.values('keys', 'k', { where: compare('k', 'eq', 'B') }), ['B'])
})

test('what cannot be carried out names what stands in the way, and changes nothing', async (context) => {
  const database = await TestDatabase.create(
    context,
    `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, g AS (v)); CREATE INDEX t_v ON t (v); CREATE VIEW w AS SELECT 1 AS a;
     INSERT INTO t (v) VALUES ('same'), ('same'); CREATE TABLE easyrest_cache (key TEXT)`,
  )
  const schemaBefore = database.other.all({ text: 'SELECT * FROM sqlite_schema', parameters: [] })
  const index = { name: 'i', columns: ['v'], unique: false }
  const v = [{ name: 'v' }]
  const fine = { name: 'fine' }
  const cases: [() => Promise<unknown>, string, Record<string, string>][] = [
    [() => database.ensure('t', [fine, { name: 'v', type: 'int64' }]), 'bad_value', { column: 'v', table: 't' }],
    [() => database.ensure('t', [fine, { name: 'g' }]), 'bad_value', { column: 'g', table: 't' }],
    [() => database.ensure('t', [{ name: 'V' }]), 'bad_value', { column: 'V', table: 't', nearest: 'v' }],
    [() => database.ensure('T', v), 'bad_value', { table: 'T', nearest: 't' }],
    [() => database.ensure('w', v), 'bad_value', { table: 'w' }],
    [() => database.ensure('t', v, { primaryKey: ['v'] }), 'bad_value', { table: 't', column: 'v' }],
    [() => database.ensure('easyrest_cache', v), 'bad_value', { table: 'easyrest_cache' }],
    [() => database.ensure('sqlite_x', v), 'bad_value', { table: 'sqlite_x' }],
    [() => database.ensure('x y', v), 'bad_value', { table: 'x y' }],
    [() => database.ensure('new', []), 'bad_value', { table: 'new' }],
    [() => database.ensure('new', [{ name: 'a"b' }]), 'bad_value', { column: 'a"b', table: 'new' }],
    [() => database.ensure('new', [{ name: 'a' }, { name: 'A' }]), 'bad_value', { column: 'A', table: 'new' }],
    [() => database.ensure('new', [{ name: 'a', type: 'unspecified' }]), 'bad_value', { column: 'a' }],
    [() => database.ensure('new', [{ name: 'a', type: 'int64', maxLength: 1 }]), 'bad_value', { column: 'a' }],
    [
      () => database.ensure('new', [{ name: 'a', type: 'int64', defaultJson: json(1.5) }]),
      'bad_value',
      { column: 'a' },
    ],
    [
      () => database.ensure('new', [{ name: 'a', defaultJson: Buffer.from('"x","b":1') }]),
      'bad_value',
      { column: 'a' },
    ],
    [() => database.ensure('new', [{ name: 'a', defaultJson: json('a\0b') }]), 'bad_value', { column: 'a' }],
    [
      () => database.ensure('new', [{ name: 'a', maxLength: 1, defaultJson: json('ab') }]),
      'bad_value',
      { column: 'a' },
    ],
    [
      () => database.ensure('new', [{ name: 'a', nullable: false, defaultJson: json(null) }]),
      'bad_value',
      { column: 'a' },
    ],
    [
      () => database.ensure('new', v, { primaryKey: ['vv'] }),
      'unknown_column',
      { column: 'vv', table: 'new', nearest: 'v' },
    ],
    [
      () => database.ensure('t', [fine], { indexes: [{ ...index, columns: ['nope'] }] }),
      'unknown_column',
      { column: 'nope', table: 't' },
    ],
    [() => database.ensure('t', [fine], { indexes: [{ ...index, columns: [] }] }), 'bad_value', { table: 't' }],
    [
      () => database.ensure('t', [fine], { indexes: [{ ...index, name: 't_v', unique: true }] }),
      'bad_value',
      { constraint: 't_v' },
    ],
    [() => database.ensure('new', v, { indexes: [{ ...index, name: 't_v' }] }), 'bad_value', { constraint: 't_v' }],
    [() => database.ensure('new', v, { indexes: [{ ...index, name: 't' }] }), 'bad_value', { constraint: 't' }],
    [
      () => database.ensure('t', [fine], { indexes: [{ ...index, unique: true }] }),
      'unique',
      { column: 'v', table: 't' },
    ],
    [() => database.ensure('t_v', v), 'bad_value', {}],
    [() => database.ensure('new', v, { context: contextWith({ readOnly: true }) }), 'permission', {}],
  ]
  for (const [ensure, reason, details] of cases) {
    await assert.rejects(ensure(), (error: PluginError) => {
      const { log: _, ...shown } = error.details
      assert.deepEqual([error.reason, shown], [reason, details], error.message)
      return true
    })
  }
  assert.deepEqual(database.other.all({ text: 'SELECT * FROM sqlite_schema', parameters: [] }), schemaBefore)
})

test('a dry run answers and keeps nothing', async (context) => {
  const database = await TestDatabase.create(context, nothing)
  const dry = { ...whole, context: contextWith({ txEnd: 'rollback' }) }
  assert.deepEqual(await database.ensure('shops', definition, dry), { created: true })
  await assert.rejects(database.rows('shops'), { reason: 'unknown_table' })
  assert.deepEqual(await database.ensure('other', [{ name: 'b' }], { context: dry.context }), { created: false })
  // The version of the schema is now one that the dry run has seen, with another schema behind it.
  database.other.exec('ALTER TABLE other ADD COLUMN c')
  await database.create('other', [{ a: 'x' }])
  assert.equal(await database.text('other'), '[{"a":"x","c":null}]')
})

test('names that are words of SQL are names', async (context) => {
  const database = await TestDatabase.create(context, nothing)
  const indexes = [{ name: 'index', columns: ['order', 'group'], unique: false }]
  await database.ensure('select', [{ name: 'order', nullable: false }, { name: 'group' }], {
    primaryKey: ['order'],
    indexes,
  })
  await database.create('select', [{ order: 'a', group: 'b' }])
  assert.equal(await database.text('select'), '[{"order":"a","group":"b"}]')
})

test('several programs at once: one creates, all are content', async (context) => {
  const database = await TestDatabase.create(context, nothing)
  const programs = await Promise.all([1, 2].map(() => startPlugin(program)))
  context.after(() => Promise.all(programs.map((each) => each.stop())))
  for (const each of programs) await each.call(dbService.InitConnection, { uri: database.uri, connectionName: 'test' })
  const { primaryKey, indexes } = whole
  const columns = definition.map((column) => ({ ...noLimits, ...column }))
  const request = { table: 'shops', columns, primaryKey, indexes }
  const calls = Array.from({ length: 20 }, (_, index) => programs[index % 2]!.call(dbService.EnsureTable, request))
  const created = (await Promise.all(calls)).filter((answer) => answer.created)
  assert.equal(created.length, 1)
  // A reader's thread, which has not seen the table come.
  const { rows } = await programs[0]!.call(dbService.TableGet, { table: 'shops' })
  assert.equal(String(rows), '[]')
})

const program = fileURLToPath(new URL('./main.js', import.meta.url))
const noLimits = { maxLength: 0, nullable: true, defaultJson: Buffer.alloc(0) }
