import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { PluginError, QueryRequest } from '@easyrest/protocol'
import { openDatabase } from './open-database.js'
import { openForQueries } from './open-for-queries.js'
import { runQuery } from './run-query.js'
import { SqliteDB } from './sqlite-db.js'
import { parseSqliteUri } from './sqlite-uri.js'
import { contextWith, TestDatabase } from './test-database.js'

const schema = `
  CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, at TIMESTAMP, ok BOOLEAN, j JSON, b BLOB, r REAL);
  INSERT INTO t VALUES (1, 'b' || char(0) || 'c', '2024-06-01 12:00:00', 1, '{"a":1}', x'0001', 0.1),
    (9007199254740993, 'a', NULL, 0, NULL, NULL, 1e300);
  CREATE TABLE easyrest_cache (key TEXT PRIMARY KEY, value TEXT, expires_at INTEGER) WITHOUT ROWID;
  INSERT INTO easyrest_cache VALUES ('secret', 'x', 1);
  CREATE VIEW peek AS SELECT key FROM easyrest_cache;
  CREATE VIRTUAL TABLE words USING fts5(word);
  INSERT INTO words VALUES ('hello world');
  ANALYZE;
`

const open = async (context: TestContext) => {
  const database = await TestDatabase.create(context, schema)
  const query = async (statement: string, request: Partial<QueryRequest> = {}) => {
    const whole = { context: contextWith({}), statement, maxRows: 0, maxReplyBytes: 0, ...request }
    const { rows, rowCount } = await database.plugin.query(whole)
    return { rowCount, rows: Buffer.from(rows as Uint8Array).toString('utf8') }
  }
  return { database, query }
}

const refuses = async (answer: Promise<unknown>, reason: string, details: Record<string, string> = {}) =>
  assert.rejects(answer, (error: PluginError) => {
    const { log: _, ...shown } = error.details
    assert.deepEqual([error.reason, shown], [reason, details], error.message)
    assert.doesNotMatch(error.message, /SQLite error|no such|syntax error|prohibited/)
    return true
  })

test('rows are printed as those of a table are', async (context) => {
  const { database, query } = await open(context)
  const { rows, rowCount } = await query('SELECT * FROM t ORDER BY id')
  assert.equal(rows, await database.text('t'))
  assert.equal(rowCount, 2)
  const zone = await query('SELECT at FROM t LIMIT 1', { context: contextWith({ timezone: 'Europe/Berlin' }) })
  assert.equal(zone.rows, '[{"at":"2024-06-01T14:00:00+02:00"}]')
  assert.deepEqual(await query('SELECT 1 WHERE FALSE'), { rows: '[]', rowCount: 0 })
})

test('expressions are printed as they are, under the names they have, in the order asked for', async (context) => {
  const { query } = await open(context)
  const { rows } = await query(`SELECT count(*), 'x' || char(0) AS "a ""b""", 0.1 + 0.2 AS r, x'ff' AS b, NULL AS n,
    9007199254740993 AS i, 1 > 0 AS yes FROM t; -- all there is`)
  assert.equal(
    rows,
    '[{"count(*)":2,"a \\"b\\"":"x\\u0000","r":0.30000000000000004,"b":"/w==","n":null,"i":9007199254740993,"yes":1}]',
  )
  assert.equal((await query('SELECT v FROM t ORDER BY v DESC')).rows, '[{"v":"b\\u0000c"},{"v":"a"}]')
  assert.equal((await query('VALUES (2), (1)')).rows, '[{"column1":2},{"column1":1}]')
  const tree = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 3) SELECT x FROM c ORDER BY -x'
  assert.equal((await query(tree)).rows, '[{"x":3},{"x":2},{"x":1}]')
  assert.equal((await query(`SELECT word FROM words WHERE words MATCH 'hello'`)).rowCount, 1)
})

test('limits of rows and bytes', async (context) => {
  const { query } = await open(context)
  assert.equal((await query('SELECT id FROM t', { maxRows: 2 })).rowCount, 2)
  await refuses(query('SELECT id FROM t', { maxRows: 1 }), 'too_large')
  await refuses(query('SELECT * FROM t', { maxReplyBytes: 30 }), 'too_large')
  await refuses(query('SELECT randomblob(100000000) AS b'), 'too_large')
})

test('mistakes are explained without the words of the database', async (context) => {
  const { query } = await open(context)
  await refuses(query('SELECT * FROM tt'), 'unknown_table', { table: 'tt', nearest: 't' })
  await refuses(query('SELECT nope FROM t'), 'unknown_column', { column: 'nope' })
  await refuses(query('SELECT "text" FROM t'), 'unknown_column', { column: 'text' })
  await refuses(query('SELECT nope(1)'), 'unknown_function', { function: 'nope' })
  await refuses(query('SELECT id FROM t a JOIN t b'), 'bad_value', { column: 'id' })
  await refuses(query('SELECT 1 AS a, 2 AS a'), 'bad_value', { column: 'a' })
  await refuses(query('SELECT * FROM t a JOIN t b'), 'bad_value', { column: 'id' })
  await refuses(query('SELECT 1 FRM t x y'), 'bad_value')
  await refuses(query(`SELECT json_extract('{', '$')`), 'bad_value')
  await refuses(query('SELECT 1) SELECT * FROM "client query" --'), 'bad_value')
})

test('what the plugin keeps for itself cannot be read', async (context) => {
  const { query } = await open(context)
  const statements = [
    'SELECT * FROM easyrest_cache',
    'SELECT count(*) FROM main."EASYREST_CACHE"',
    'SELECT 1 WHERE EXISTS (SELECT 1 FROM easyrest_cache)',
    'SELECT * FROM peek',
    'WITH c AS (SELECT key FROM easyrest_cache) SELECT * FROM c',
    'SELECT * FROM sqlite_stat4',
    'SELECT * FROM dbstat',
  ]
  for (const statement of statements) await refuses(query(statement), 'permission')
})

// What made the original's read-only queries write (several statements, PRAGMA, ATTACH), and what else could.
const writes = (directory: string): string[] => [
  'DELETE FROM t',
  'WITH x AS (SELECT 1) DELETE FROM t',
  'PRAGMA query_only = OFF',
  'PRAGMA journal_mode = DELETE',
  'PRAGMA user_version = 7',
  `ATTACH DATABASE 'file:${directory}/test.db?mode=rw' AS w`,
  `ATTACH DATABASE '${directory}/new.db' AS w`,
  `VACUUM INTO '${directory}/copy.db'`,
  'CREATE TEMP TABLE x (a)',
  'BEGIN IMMEDIATE',
  'SAVEPOINT s',
  'EXPLAIN DELETE FROM t',
  `INSERT INTO words (words) VALUES ('rebuild')`,
  'REINDEX',
  'ANALYZE',
  'DETACH main',
]

test('nothing is written, by one statement or several', async (context) => {
  const { database, query } = await open(context)
  const directory = dirname(database.path)
  const before = database.other.all({ text: 'SELECT * FROM t', parameters: [] })
  for (const write of writes(directory)) {
    await assert.rejects(query(write), { reason: 'permission' }, write)
    await refuses(query(`SELECT 1; ${write}`), 'bad_value')
    await refuses(query(`PRAGMA query_only = OFF; ${write}`), 'bad_value')
    await assert.rejects(query(`SELECT * FROM (${write})`))
  }
  await refuses(query(`SELECT load_extension('x')`), 'permission')
  await refuses(query('SELECT * FROM pragma_journal_mode'), 'permission')
  assert.deepEqual(database.other.all({ text: 'SELECT * FROM t', parameters: [] }), before)
  assert.equal(database.other.get({ text: 'PRAGMA user_version', parameters: [] })![0], 0n)
  const files = readdirSync(directory).filter((name) => !name.startsWith('test.db'))
  assert.deepEqual(files, [])
})

test('each lock holds without the others', async (context) => {
  const { database } = await open(context)
  const directory = dirname(database.path)
  const location = parseSqliteUri(database.uri)
  const listed = openForQueries(location)
  for (const write of writes(directory)) assert.throws(() => listed.exec(write), { name: 'SqliteFailure' }, write)
  assert.throws(() => runQuery(listed, { statement: 'DELETE FROM t', timezone: 'UTC', maxRows: 0, maxReplyBytes: 0 }))
  listed.close()
  const readOnly = openDatabase({ ...location, readOnly: true })
  for (const write of ['DELETE FROM t', 'PRAGMA user_version = 7', `ATTACH '${directory}/new.db' AS w`]) {
    assert.throws(() => readOnly.exec(write), { name: 'SqliteFailure' }, write)
  }
  readOnly.close()
  // Control: a connection without the locks does what they prevent.
  const free = openDatabase(location)
  free.exec('DELETE FROM t; PRAGMA user_version = 7')
  assert.equal(free.get({ text: 'PRAGMA user_version', parameters: [] })![0], 7n)
  free.close()
  assert.equal(await database.text('t'), '[]')
})

test('a database in memory takes no queries', async () => {
  const plugin = new SqliteDB()
  await plugin.initConnection({ uri: 'sqlite://:memory:', connectionName: 'test' })
  const request = { context: undefined, statement: 'SELECT 1', maxRows: 0, maxReplyBytes: 0 }
  await refuses(plugin.query(request), 'unsupported', { capability: 'query' })
  await plugin.close()
})
