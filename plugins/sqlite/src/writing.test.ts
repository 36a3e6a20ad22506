import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { PluginError } from '@easyrest/protocol'
import { column, compare, contextWith, TestDatabase } from './test-database.js'

const schema = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, age INTEGER CHECK (age >= 0),
    role TEXT DEFAULT 'reader', upper_email TEXT GENERATED ALWAYS AS (upper(email)) STORED,
    CONSTRAINT short_role CHECK (length(role) < 10));
  CREATE TABLE orders (number TEXT, line INTEGER, user_id INTEGER REFERENCES users (id), note TEXT DEFAULT 'none',
    PRIMARY KEY (number, line)) WITHOUT ROWID;
  CREATE TABLE late (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED);
  CREATE TABLE keyless (a, b);
  CREATE TABLE firm (i INT) STRICT;
  CREATE VIEW names AS SELECT email FROM users;
  CREATE TABLE guarded (v INTEGER);
  CREATE TRIGGER guard BEFORE INSERT ON guarded WHEN new.v > 9 BEGIN SELECT RAISE(ABORT, 'secret text'); END;
  CREATE TABLE folded (v TEXT);
  CREATE UNIQUE INDEX folded_lower ON folded (lower(v));
`

const open = (context: TestContext) => TestDatabase.create(context, schema)
const rollback = contextWith({ txEnd: 'rollback' })

test('rows come back as stored, with defaults, generated keys and computed columns', async (context) => {
  const database = await open(context)
  assert.deepEqual(await database.create('users', [{ email: 'a@x' }, { email: 'b@x', age: 5, role: null }]), {
    affected: 2,
    inserted: 2,
    rowCount: 2,
    rows:
      '[{"id":1,"email":"a@x","age":null,"role":"reader","upper_email":"A@X"},' +
      '{"id":2,"email":"b@x","age":5,"role":null,"upper_email":"B@X"}]',
    keys: undefined,
  })
})

test('a create can answer nothing, keys, or a projection', async (context) => {
  const database = await open(context)
  const none = await database.create('users', [{ email: 'a@x' }], { returning: 'none' })
  assert.deepEqual([none.affected, none.rows, none.rowCount], [1, undefined, undefined])
  const keys = await database.create(
    'orders',
    [
      { number: 'n', line: 1 },
      { number: 'n', line: 2 },
    ],
    { returning: 'keys' },
  )
  assert.deepEqual([keys.keys, keys.affected], ['[{"number":"n","line":1},{"number":"n","line":2}]', 2])
  const some = await database.create('users', [{ email: 'c@x' }], {
    select: [column('email', 'mail'), column('id', 'key', 'text')],
  })
  assert.equal(some.rows, '[{"mail":"c@x","key":"2"}]')
})

test('no rows, and rows without members', async (context) => {
  const database = await open(context)
  assert.deepEqual(await database.create('users', []), {
    affected: 0,
    inserted: 0,
    rowCount: 0,
    rows: '[]',
    keys: undefined,
  })
  const { rows } = await database.create('late', [{}, {}])
  assert.equal(rows, '[{"id":1,"user_id":null},{"id":2,"user_id":null}]')
})

test('columns choose members, and what is missing is NULL or the default', async (context) => {
  const database = await open(context)
  const rows = [
    { number: 'n', line: 1, note: 'x', junk: 1 },
    { number: 'n', line: 2 },
  ]
  const columns = ['number', 'line', 'note']
  await database.create('orders', rows, { columns })
  assert.deepEqual(await database.values('orders', 'note'), ['x', null])
  await database.delete('orders')
  await database.create('orders', rows, { columns, missingDefault: true })
  assert.deepEqual(await database.values('orders', 'note'), ['x', 'none'])
})

test("each constraint has its reason, and never the database's own words", async (context) => {
  const database = await open(context)
  await database.create('users', [{ id: 1, email: 'a@x' }])
  const cases: [() => Promise<unknown>, string, Record<string, string>][] = [
    [() => database.create('users', [{ email: 'a@x' }]), 'unique', { column: 'email', table: 'users' }],
    [() => database.create('users', [{ id: 1, email: 'z' }]), 'unique', { column: 'id', table: 'users' }],
    [() => database.create('folded', [{ v: 'x' }, { v: 'X' }]), 'unique', { constraint: 'folded_lower' }],
    [() => database.create('users', [{ email: null }]), 'not_null', { column: 'email', table: 'users' }],
    [() => database.create('users', [{ age: 1 }]), 'not_null', { column: 'email', table: 'users' }],
    [() => database.create('users', [{ email: 'c', age: -1 }]), 'check', {}],
    [() => database.create('users', [{ email: 'c', role: 'x'.repeat(20) }]), 'check', { constraint: 'short_role' }],
    [() => database.create('orders', [{ number: 'n', line: 1, user_id: 99 }]), 'foreign_key', {}],
    [() => database.create('late', [{ user_id: 99 }]), 'foreign_key', {}],
    [() => database.create('orders', [{ number: 'n' }]), 'not_null', { column: 'line', table: 'orders' }],
    [() => database.create('guarded', [{ v: 10 }]), 'check', {}],
    [() => database.create('names', [{ email: 'x' }]), 'permission', {}],
    [() => database.update('names', { email: 'x' }), 'permission', {}],
    [() => database.delete('names'), 'permission', {}],
    [
      () => database.create('users', [{ email: 'x', upper_email: 'X' }]),
      'bad_value',
      { column: 'upper_email', table: 'users' },
    ],
    [
      () => database.create('users', [{ emial: 'x' }]),
      'unknown_column',
      { column: 'emial', table: 'users', nearest: 'email' },
    ],
    [() => database.create('user', [{}]), 'unknown_table', { table: 'user', nearest: 'users' }],
    [() => database.create('users', '[{"email":"x"'), 'bad_value', {}],
    [() => database.create('users', '[{"email":"x","email":"y"}]'), 'bad_value', {}],
    [
      () => database.update('users', { email: null }, { returning: 'rows' }),
      'not_null',
      { column: 'email', table: 'users' },
    ],
    [() => database.update('users', '{}'), 'bad_value', {}],
  ]
  for (const [write, reason, details] of cases) {
    await assert.rejects(write(), (error: PluginError) => {
      const { log: _, ...shown } = error.details
      assert.deepEqual([error.reason, shown], [reason, details], error.message)
      assert.doesNotMatch(error.message, /constraint failed|SQLite|INSERT|UPDATE|secret|trigger guard/i)
      return true
    })
  }
  assert.equal((await database.rows('users')).length, 1)
  await database.create('orders', [{ number: 'n', line: 1, user_id: 1 }])
  await assert.rejects(database.delete('users'), { reason: 'foreign_key' })
})

test('one bad row, and none is written', async (context) => {
  const database = await open(context)
  await assert.rejects(database.create('users', [{ email: 'a' }, { email: 'b' }, { email: 'a' }]), { reason: 'unique' })
  assert.equal(await database.text('users'), '[]')
})

test('a rollback answers what would have been', async (context) => {
  const database = await open(context)
  const dry = await database.create('users', [{ email: 'a' }], { context: rollback })
  assert.equal(dry.rows, '[{"id":1,"email":"a","age":null,"role":"reader","upper_email":"A"}]')
  assert.equal(dry.affected, 1)
  assert.equal(await database.text('users'), '[]')
  await database.create('users', [{ email: 'a' }, { email: 'b' }])
  assert.equal((await database.update('users', { age: 3 }, { context: rollback })).affected, 2)
  assert.equal((await database.delete('users', { context: rollback })).affected, 2)
  assert.deepEqual(await database.values('users', 'age'), [null, null])
})

test('an update counts the rows that match, also those that stay the same', async (context) => {
  const database = await open(context)
  await database.create('users', [{ email: 'a', age: 1 }, { email: 'b', age: 2 }, { email: 'c' }])
  assert.deepEqual(await database.update('users', { age: 1 }, { where: compare('age', 'lte', '2') }), {
    affected: 2,
    rows: undefined,
  })
  assert.equal((await database.update('users', { age: 1 }, { where: compare('id', 'eq', '99') })).affected, 0)
  assert.deepEqual(await database.values('users', 'age'), [1, 1, null])
})

test('writes answer rows, keys or a projection', async (context) => {
  const database = await open(context)
  await database.create('users', [
    { email: 'a', age: 1 },
    { email: 'b\0c', age: 2 },
  ])
  const where = compare('age', 'eq', '2')
  const changed = await database.update(
    'users',
    { age: 7 },
    { where, returning: 'rows', select: [column('email'), column('age')] },
  )
  assert.deepEqual(changed, { affected: 1, rows: '[{"email":"b\\u0000c","age":7}]', rowCount: 1 })
  assert.equal(
    (await database.update('users', { id: 9 }, { where: compare('age', 'eq', '7'), returning: 'keys' })).rows,
    '[{"id":9}]',
  )
  const gone = await database.delete('users', { returning: 'rows', select: [column('id')] })
  assert.deepEqual(gone, { affected: 2, rows: '[{"id":1},{"id":9}]', rowCount: 2 })
  const nothing = await database.delete('users', { returning: 'rows' })
  assert.deepEqual(nothing, { affected: 0, rows: '[]', rowCount: 0 })
})

test('max_affected, expect_single and read_only undo the write', async (context) => {
  const database = await open(context)
  await database.create('users', [{ email: 'a' }, { email: 'b' }])
  await assert.rejects(database.update('users', { age: 1 }, { maxAffected: 1 }), { reason: 'max_affected' })
  await assert.rejects(database.delete('users', { maxAffected: 0 }), { reason: 'max_affected' })
  await assert.rejects(database.create('users', [{ email: 'c' }], { maxAffected: 0 }), { reason: 'max_affected' })
  await assert.rejects(database.update('users', { age: 1 }, { expectSingle: true }), { reason: 'singular' })
  await assert.rejects(database.delete('users', { where: compare('id', 'eq', '9'), expectSingle: true }), {
    reason: 'singular',
  })
  await assert.rejects(database.create('users', [{ email: 'c' }, { email: 'd' }], { expectSingle: true }), {
    reason: 'singular',
  })
  const readOnly = contextWith({ readOnly: true })
  await assert.rejects(database.update('users', { age: 1 }, { context: readOnly }), { reason: 'permission' })
  await assert.rejects(database.delete('users', { context: readOnly }), { reason: 'permission' })
  await assert.rejects(database.create('users', [{ email: 'c' }], { context: readOnly }), { reason: 'permission' })
  assert.deepEqual(await database.values('users', 'age'), [null, null])
  await database.update('users', { age: 1 }, { maxAffected: 2 })
  await database.update('users', { age: 2 }, { where: compare('id', 'eq', '1'), expectSingle: true })
  await database.create('users', [{ email: 'c' }], { expectSingle: true })
})

test('a write with an entity tag is done only to the rows that have it', async (context) => {
  const database = await open(context)
  await database.create('users', [{ email: 'a', age: 1 }])
  const where = compare('id', 'eq', '1')
  const tagOf = async () =>
    createHash('sha256')
      .update(await database.text('users', { where }))
      .digest('base64url')
      .slice(0, 22)
  const tag = await tagOf()
  await assert.rejects(database.update('users', { age: 2 }, { where, ifMatch: ['other'] }), { reason: 'precondition' })
  assert.equal((await database.update('users', { age: 2 }, { where, ifMatch: ['other', tag] })).affected, 1)
  await assert.rejects(database.delete('users', { where, ifMatch: [tag] }), { reason: 'precondition' })
  await assert.rejects(database.delete('users', { where: compare('id', 'eq', '9'), ifMatch: ['*'] }), {
    reason: 'precondition',
  })
  assert.equal((await database.delete('users', { where, ifMatch: ['*'] })).affected, 1)
})

test('strict tables refuse what the plugin could not know', async (context) => {
  const database = await open(context)
  await assert.rejects(database.create('firm', '[{"i":"x"}]'), { reason: 'bad_value', details: { column: 'i' } })
})

test('after a failure the connection is free for the next write', async (context) => {
  const database = await open(context)
  for (let round = 0; round < 3; round++) {
    await assert.rejects(database.create('late', [{ user_id: 99 }]), { reason: 'foreign_key' })
  }
  assert.equal((await database.create('late', [{}])).affected, 1)
})

test('a view with triggers is written, counted and limited like a table', async (context) => {
  const database = await open(context)
  database.other.exec(`CREATE TRIGGER names_in INSTEAD OF INSERT ON names BEGIN INSERT INTO users (email) VALUES (new.email); END;
    CREATE TRIGGER names_out INSTEAD OF DELETE ON names BEGIN DELETE FROM users WHERE email = old.email; END;
    CREATE TRIGGER names_new INSTEAD OF UPDATE ON names
      BEGIN UPDATE users SET email = new.email WHERE email = old.email; END;`)
  assert.equal((await database.create('names', [{ email: 'a' }], { returning: 'none' })).affected, 1)
  assert.equal((await database.create('names', [{ email: 'b' }])).rows, '[{"email":"b"}]')
  const where = compare('email', 'eq', 'b')
  const changed = await database.update('names', { email: 'c' }, { where, returning: 'rows' })
  assert.deepEqual(changed, { affected: 1, rows: '[{"email":"c"}]', rowCount: 1 })
  assert.deepEqual(await database.values('users', 'email'), ['a', 'c'])
  await assert.rejects(database.delete('names', { maxAffected: 1 }), { reason: 'max_affected' })
  assert.deepEqual(await database.delete('names', { maxAffected: 2 }), { affected: 2, rows: undefined })
})
