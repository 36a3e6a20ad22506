import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contextWith, TestDatabase } from './test-database.js'

const schemaOf = async (database: TestDatabase, knownVersion = '') => {
  const answer = await database.plugin.getSchema({ context: contextWith({}), knownVersion })
  return { ...answer, schema: Buffer.from(answer.schema as Uint8Array).toString('utf8') }
}

test('the schema has exactly the shape of the contract', async (context) => {
  const database = await TestDatabase.create(
    context,
    `CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(99) NOT NULL, age INT DEFAULT 18, score DOUBLE NOT NULL,
       avatar BLOB, active BOOLEAN NOT NULL DEFAULT TRUE, born DATE, seen DATETIME DEFAULT CURRENT_TIMESTAMP,
       meta JSON, balance DECIMAL(10, 2), note TEXT DEFAULT 'it''s', twice INTEGER AS (age * 2));
     CREATE TABLE lines (a TEXT, b INTEGER, user_id INTEGER REFERENCES users, other_a TEXT, other_b INTEGER,
       PRIMARY KEY (b, a), FOREIGN KEY (other_a, other_b) REFERENCES lines (a, b)) WITHOUT ROWID;
     CREATE TABLE "weird;name" (a);
     CREATE TABLE easyrest_cache (key TEXT PRIMARY KEY, value TEXT, expires_at DATETIME);
     CREATE VIEW adults AS SELECT id, email FROM users WHERE age >= 18;`,
  )
  const { schema, version, unchanged } = await schemaOf(database)
  assert.deepEqual(JSON.parse(schema), {
    tables: {
      lines: {
        type: 'object',
        properties: {
          a: { type: 'string' },
          b: { type: 'integer', format: 'int64' },
          user_id: { type: 'integer', format: 'int64', 'x-nullable': true },
          other_a: { type: 'string', 'x-nullable': true },
          other_b: { type: 'integer', format: 'int64', 'x-nullable': true },
        },
        required: ['a', 'b'],
        'x-primary-key': ['b', 'a'],
        'x-foreign-keys': [
          { columns: ['user_id'], table: 'users', references: ['id'] },
          { columns: ['other_a', 'other_b'], table: 'lines', references: ['a', 'b'] },
        ],
      },
      users: {
        type: 'object',
        properties: {
          id: { type: 'integer', format: 'int64' },
          email: { type: 'string' },
          age: { type: 'integer', format: 'int64', 'x-nullable': true, 'x-default': 18 },
          score: { type: 'number', format: 'double' },
          avatar: { type: 'string', format: 'byte', 'x-nullable': true },
          active: { type: 'boolean', 'x-default': true },
          born: { type: 'string', format: 'date', 'x-nullable': true },
          seen: { type: 'string', format: 'date-time', 'x-nullable': true, 'x-default': 'CURRENT_TIMESTAMP' },
          meta: { type: 'object', 'x-nullable': true },
          balance: { type: 'number', 'x-nullable': true },
          note: { type: 'string', 'x-nullable': true, 'x-default': "it's" },
          twice: { type: 'integer', format: 'int64', 'x-nullable': true, readOnly: true },
        },
        required: ['email', 'score'],
        'x-primary-key': ['id'],
        'x-foreign-keys': [],
      },
    },
    views: {
      adults: {
        type: 'object',
        properties: {
          id: { type: 'integer', format: 'int64', 'x-nullable': true },
          email: { type: 'string', 'x-nullable': true },
        },
        required: [],
        'x-primary-key': [],
        'x-foreign-keys': [],
      },
    },
    rpc: {},
  })
  assert.equal(unchanged, false)
  const again = await schemaOf(database, version)
  assert.deepEqual([again.unchanged, again.schema, again.version], [true, '', version])
  database.other.exec('CREATE TABLE more (a)')
  assert.equal((await schemaOf(database, version)).unchanged, false)
})

test('a view that cannot be read does not hide the rest', async (context) => {
  const database = await TestDatabase.create(
    context,
    'CREATE TABLE gone (a); CREATE TABLE kept (a); CREATE VIEW broken AS SELECT a FROM gone; DROP TABLE gone',
  )
  assert.deepEqual(Object.keys(JSON.parse((await schemaOf(database)).schema).tables), ['kept'])
  await assert.rejects(database.rows('broken'), { reason: 'unknown_table' })
})

test('what another program changes in the schema is in the next answer', async (context) => {
  const database = await TestDatabase.create(context, 'CREATE TABLE t (a); INSERT INTO t VALUES (1)')
  assert.equal(await database.text('t'), '[{"a":1}]')
  database.other.exec('ALTER TABLE t ADD COLUMN b DEFAULT 2')
  assert.equal(await database.text('t'), '[{"a":1,"b":2}]')
  database.other.exec('ALTER TABLE t DROP COLUMN a')
  assert.equal((await database.create('t', [{ b: 3 }])).rows, '[{"b":3}]')
  database.other.exec('CREATE TRIGGER late AFTER INSERT ON t BEGIN UPDATE t SET b = 4; END')
  assert.equal((await database.create('t', [{ b: 3 }])).rows, '[{"b":4}]')
  database.other.exec('CREATE TABLE fresh (v); DROP TABLE t; CREATE VIEW t AS SELECT 5 AS c')
  assert.equal(await database.text('fresh'), '[]')
  assert.equal(await database.text('t'), '[{"c":5}]')
  await assert.rejects(database.delete('t'), { reason: 'permission' })
  database.other.exec('DROP VIEW t')
  await assert.rejects(database.rows('t'), { reason: 'unknown_table' })
})

test('columns that are computed, in tables and views', async (context) => {
  const database = await TestDatabase.create(
    context,
    `CREATE TABLE t (a INTEGER, stored AS (a + 1) STORED, text TEXT AS ('x' || a) NOT NULL);
     CREATE VIEW v AS SELECT a, a * 2 AS twice, CAST(a AS REAL) AS ratio, a > 1 AS large, text FROM t;
     INSERT INTO t VALUES (2)`,
  )
  const { tables, views } = JSON.parse((await schemaOf(database)).schema)
  assert.deepEqual(tables.t.properties.text, { type: 'string', readOnly: true })
  assert.deepEqual(tables.t.properties.stored, { type: 'string', 'x-nullable': true, readOnly: true })
  assert.deepEqual(tables.t.required, [])
  // An expression has no type in SQLite: a string is said, and the value is answered as it is.
  assert.deepEqual(
    Object.entries(views.v.properties).map(([name, column]) => [name, (column as { type: string }).type]),
    [
      ['a', 'integer'],
      ['twice', 'string'],
      ['ratio', 'number'],
      ['large', 'string'],
      ['text', 'string'],
    ],
  )
  assert.equal(await database.text('v'), '[{"a":2,"twice":4,"ratio":2,"large":1,"text":"x2"}]')
  for (const column of ['stored', 'text']) {
    const refused = { reason: 'bad_value', details: { column, table: 't' } }
    await assert.rejects(database.update('t', { [column]: null }), refused)
    await assert.rejects(database.create('t', [{ a: 1 }], { columns: ['a', column] }), refused)
  }
})
