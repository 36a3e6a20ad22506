import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { column, compare, contextWith, TestDatabase } from './test-database.js'

// What SQLite does behind a statement: triggers, actions of foreign keys, and checks that wait for COMMIT.

const schema = `
  CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT, size INTEGER, at TEXT);
  CREATE TRIGGER notes_size AFTER INSERT ON notes BEGIN UPDATE notes SET size = length(new.body) WHERE id = new.id; END;
  CREATE TRIGGER notes_again AFTER UPDATE OF body ON notes BEGIN
    UPDATE notes SET size = length(new.body) WHERE id = new.id; END;
  CREATE TABLE pairs (a TEXT, b BLOB, c REAL, total, PRIMARY KEY (a, b, c)) WITHOUT ROWID;
  CREATE TRIGGER pairs_total AFTER INSERT ON pairs BEGIN UPDATE pairs SET total = new.a || 'x'
    WHERE (a, b, c) = (new.a, new.b, new.c); END;
  CREATE TABLE shy (rowid TEXT, "_ROWID_" TEXT, v TEXT);
  CREATE TRIGGER shy_v AFTER INSERT ON shy BEGIN UPDATE shy SET v = 'late' WHERE rowid = new.rowid; END;
  CREATE TABLE fleeting (v TEXT);
  CREATE TRIGGER fleeting_v AFTER INSERT ON fleeting WHEN new.v = 'gone' BEGIN DELETE FROM fleeting WHERE v = 'gone'; END;
  CREATE TABLE tree (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES tree ON UPDATE CASCADE ON DELETE SET NULL);
  CREATE TABLE users (id INTEGER PRIMARY KEY);
  CREATE TABLE late (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users DEFERRABLE INITIALLY DEFERRED);
  PRAGMA foreign_keys = OFF; INSERT INTO late VALUES (50, 99); PRAGMA foreign_keys = ON;
`

const open = (context: TestContext) => TestDatabase.create(context, schema)
const rollback = contextWith({ txEnd: 'rollback' })

test('rows that a trigger changes afterwards are answered as they are stored', async (context) => {
  const database = await open(context)
  const created = await database.create('notes', [{ body: 'one' }, { body: 'seven' }])
  assert.equal(created.rows, '[{"id":1,"body":"one","size":3,"at":null},{"id":2,"body":"seven","size":5,"at":null}]')
  assert.equal(created.rows, await database.text('notes'))
  const some = await database.create('notes', [{ body: 'four' }], { select: [column('size', 'n')] })
  assert.deepEqual([some.rows, some.rowCount, some.affected], ['[{"n":4}]', 1, 1])
  const changed = await database.update(
    'notes',
    { body: 'b\0' },
    { where: compare('id', 'lte', '2'), returning: 'rows' },
  )
  assert.deepEqual([changed.affected, changed.rowCount], [2, 2])
  assert.match(changed.rows!, /^\[\{"id":1,"body":"b\\u0000","size":1,.*\{"id":2,"body":"b\\u0000","size":1,/)
  const keys = await database.update('notes', { id: 9 }, { where: compare('id', 'eq', '1'), returning: 'keys' })
  assert.equal(keys.rows, '[{"id":9}]')
})

test('the same without a row id, where the key is of any type, and where names hide the row id', async (context) => {
  const database = await open(context)
  const row = { a: 'k\0', b: 'AAE=', c: 0.1 }
  const { rows } = await database.create('pairs', [row, { ...row, a: 'l' }])
  assert.deepEqual(JSON.parse(rows!), [
    { ...row, total: 'k\0x' },
    { ...row, a: 'l', total: 'lx' },
  ])
  const { keys } = await database.create('pairs', [{ ...row, a: 'm' }], { returning: 'keys' })
  assert.deepEqual(JSON.parse(keys!), [{ ...row, a: 'm' }])
  assert.match((await database.create('shy', [{ rowid: 'r' }])).rows!, /"v":"late"/)
})

test('a row that a trigger removes is counted, and not answered', async (context) => {
  const database = await open(context)
  const answer = await database.create('fleeting', [{ v: 'kept' }, { v: 'gone' }])
  assert.deepEqual([answer.affected, answer.rows, answer.rowCount], [2, '[{"v":"kept"}]', 1])
})

test('what a foreign key does within the table is in the rows', async (context) => {
  const database = await open(context)
  await database.create('tree', [{ id: 1 }, { id: 2, parent: 1 }])
  const moved = await database.update('tree', { id: 5 }, { where: compare('id', 'eq', '1'), returning: 'rows' })
  assert.equal(moved.rows, '[{"id":5,"parent":null}]')
  const removed = await database.delete('tree', { returning: 'rows' })
  assert.deepEqual([removed.affected, removed.rowCount], [2, 2])
  assert.deepEqual(JSON.parse(removed.rows!), [
    { id: 2, parent: 5 },
    { id: 5, parent: null },
  ])
  assert.equal(await database.text('tree'), '[]')
})

test('aggregates are refused as what a write answers, wherever the rows come from', async (context) => {
  const database = await open(context)
  const select = [{ kind: 'aggregate', alias: 'n', cast: '', function: 'count', column: '', distinct: false }] as const
  await database.create('notes', [{ body: 'x' }])
  await assert.rejects(database.create('notes', [{ body: 'y' }], { select }), { reason: 'bad_value' })
  await assert.rejects(database.update('notes', { body: 'z' }, { returning: 'rows', select }), { reason: 'bad_value' })
  await assert.rejects(database.delete('notes', { returning: 'rows', select }), { reason: 'bad_value' })
  assert.deepEqual(await database.values('notes', 'body'), ['x'])
})

test('a dry run reports the deferred foreign key that COMMIT would have reported', async (context) => {
  const database = await open(context)
  await database.create('users', [{ id: 1 }])
  await database.create('late', [{ id: 1, user_id: 1 }])
  for (const dry of [contextWith({}), rollback]) {
    const refused = { reason: 'foreign_key' }
    await assert.rejects(database.create('late', [{ user_id: 7 }], { context: dry }), refused)
    const where = compare('id', 'eq', '1')
    await assert.rejects(database.update('late', { user_id: 7 }, { context: dry, where }), refused)
    await assert.rejects(database.delete('users', { context: dry }), refused)
  }
  // A row that was wrong before does not matter, as it does not for COMMIT.
  assert.equal((await database.create('late', [{ user_id: 1 }], { context: rollback })).affected, 1)
  assert.deepEqual(await database.values('late', 'id'), [1, 50])
  assert.equal((await database.create('late', [{ user_id: 1 }])).affected, 1)
})
