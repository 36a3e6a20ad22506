import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { compare, contextWith, TestDatabase } from './test-database.js'

const schema = `
  CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, age INTEGER CHECK (age >= 0),
    role TEXT DEFAULT 'reader', upper_email TEXT GENERATED ALWAYS AS (upper(email)) STORED);
  CREATE TABLE orders (number TEXT, line INTEGER, note TEXT DEFAULT 'none', PRIMARY KEY (number, line)) WITHOUT ROWID;
  CREATE TABLE keyless (a, b);
  CREATE TABLE tags (name TEXT PRIMARY KEY, language TEXT NOT NULL DEFAULT 'en' UNIQUE, hits INTEGER);
  CREATE VIEW names AS SELECT email FROM users;
  CREATE TRIGGER names_in INSTEAD OF INSERT ON names BEGIN INSERT INTO users (email) VALUES (new.email); END;
`

const open = (context: TestContext) => TestDatabase.create(context, schema)
const conflict = { target: [], action: 'merge', keep: [] } as const

test('conflicts: merge, keep, ignore, another key, a condition', async (context) => {
  const database = await open(context)
  await database.create('users', [{ id: 1, email: 'a', age: 1, role: 'admin' }])
  const merged = await database.create(
    'users',
    [
      { id: 1, email: 'a2', age: 2 },
      { id: 2, email: 'b', age: 3 },
    ],
    { conflict },
  )
  assert.deepEqual([merged.affected, merged.inserted], [2, 1])
  assert.match(merged.rows!, /"id":1,"email":"a2","age":2,"role":"admin"/)
  const byEmail = await database.create('users', [{ id: 7, email: 'b', age: 9 }], {
    conflict: { ...conflict, target: ['email'], keep: ['id'] },
  })
  assert.deepEqual(
    [byEmail.affected, byEmail.inserted, byEmail.rows],
    [1, 0, '[{"id":2,"email":"b","age":9,"role":"reader","upper_email":"B"}]'],
  )
  const ignored = await database.create(
    'users',
    [
      { id: 1, email: 'zzz' },
      { id: 3, email: 'c' },
    ],
    { conflict: { ...conflict, action: 'ignore' } },
  )
  assert.deepEqual([ignored.affected, ignored.inserted, ignored.rowCount], [1, 1, 1])
  const guarded = await database.create('users', [{ id: 1, email: 'never' }], {
    conflict,
    overwriteWhen: compare('age', 'gt', '100'),
  })
  assert.deepEqual([guarded.affected, guarded.inserted, guarded.rows], [0, 0, '[]'])
  const composite = [
    { number: 'n', line: 1, note: 'one' },
    { number: 'n', line: 1, note: 'two' },
  ]
  const twice = await database.create('orders', composite, { conflict })
  assert.deepEqual([twice.affected, twice.inserted], [2, 1])
  const plain = await database.create('keyless', [{ a: 1 }, { a: 1 }], { conflict })
  assert.deepEqual([plain.affected, plain.inserted], [2, 2])
  await assert.rejects(
    database.create('users', [{ email: 'x', age: 1 }], { conflict: { ...conflict, target: ['age'] } }),
    { reason: 'bad_value' },
  )
  await assert.rejects(database.create('users', [{ id: 8, email: 'a2' }], { conflict }), { reason: 'unique' })
})

test('a row that holds only its key is merged, counted and returned', async (context) => {
  const database = await open(context)
  await database.create('orders', [{ number: 'n', line: 1, note: 'kept' }])
  const rows = [
    { number: 'n', line: 1 },
    { number: 'n', line: 2 },
  ]
  const merged = await database.create('orders', rows, { conflict })
  assert.deepEqual([merged.affected, merged.inserted], [2, 1])
  assert.equal(merged.rows, '[{"number":"n","line":1,"note":"kept"},{"number":"n","line":2,"note":"none"}]')
})

test('keep may hold every column that is written', async (context) => {
  const database = await open(context)
  await database.create('users', [{ id: 1, email: 'a', age: 1 }])
  const keep = ['email', 'age']
  const kept = await database.create('users', [{ id: 1, email: 'b', age: 2 }], { conflict: { ...conflict, keep } })
  assert.deepEqual([kept.affected, kept.inserted], [1, 0])
  assert.match(kept.rows!, /"email":"a","age":1/)
  await assert.rejects(
    database.create('users', [{ id: 1, email: 'b' }], { conflict: { ...conflict, keep: ['agee'] } }),
    {
      reason: 'unknown_column',
      details: { column: 'agee', table: 'users', nearest: 'age' },
    },
  )
})

test('new rows are told from overwritten ones by the columns that are written', async (context) => {
  const database = await open(context)
  await database.create('users', [{ id: 1, email: 'a' }])
  // The key is in the row, but not among the columns.
  const fresh = await database.create('users', [{ id: 1, email: 'b' }], { conflict, columns: ['email'] })
  assert.deepEqual([fresh.affected, fresh.inserted], [1, 1])
  // The key is not in the row, and its default exists already.
  await database.create('tags', [{ name: 'x', hits: 1 }])
  const byDefault = { ...conflict, target: ['language'] }
  const met = await database.create('tags', [{ name: 'y', hits: 2 }], { conflict: byDefault })
  assert.deepEqual([met.affected, met.inserted], [1, 0])
  assert.equal(await database.text('tags'), '[{"name":"y","language":"en","hits":2}]')
})

test('limits hold for upserts before they are committed', async (context) => {
  const database = await open(context)
  await database.create('users', [{ id: 1, email: 'a', age: 1 }])
  const two = [
    { id: 1, email: 'a', age: 2 },
    { id: 2, email: 'b', age: 2 },
  ]
  await assert.rejects(database.create('users', two, { conflict, maxAffected: 1 }), { reason: 'max_affected' })
  await assert.rejects(database.create('users', two, { conflict, expectSingle: true }), { reason: 'singular' })
  const ignore = { ...conflict, action: 'ignore' } as const
  await assert.rejects(database.create('users', [two[0]!], { conflict: ignore, expectSingle: true }), {
    reason: 'singular',
  })
  const overwriteWhen = compare('age', 'gt', '5')
  await assert.rejects(database.create('users', [two[0]!], { conflict, overwriteWhen, expectSingle: true }), {
    reason: 'singular',
  })
  assert.deepEqual(await database.values('users', 'age'), [1])
  await assert.rejects(database.create('users', two, { overwriteWhen }), { reason: 'bad_value' })
  // A row that is ignored, or left alone, is not counted.
  assert.equal((await database.create('users', two, { conflict: ignore, maxAffected: 1 })).affected, 1)
  const dry = await database.create('users', two, { conflict, context: contextWith({ txEnd: 'rollback' }) })
  assert.deepEqual([dry.affected, dry.inserted], [2, 0])
  assert.deepEqual(await database.values('users', 'age'), [1, 2])
})

test('a view has no key to conflict with', async (context) => {
  const database = await open(context)
  const target = { ...conflict, target: ['email'] }
  await assert.rejects(database.create('names', [{ email: 'a' }], { conflict: target }), { reason: 'unsupported' })
  assert.equal((await database.create('names', [{ email: 'a' }], { conflict })).affected, 1)
})

test('a virtual table takes no conflict', async (context) => {
  const database = await TestDatabase.create(context, 'CREATE VIRTUAL TABLE notes USING fts5 (text)')
  const written = database.create('notes', [{ text: 'a' }], {
    conflict: { ...conflict, action: 'ignore', target: ['text'] },
  })
  await assert.rejects(written, {
    reason: 'unsupported',
    message: 'views and virtual tables take no conflict; leave it out',
  })
  assert.deepEqual(await database.rows('notes'), [])
})
