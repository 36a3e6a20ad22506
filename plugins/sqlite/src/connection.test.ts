import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { openDatabase } from './open-database.js'
import { SqliteCache } from './sqlite-cache.js'
import { SqliteDB } from './sqlite-db.js'
import { parseSqliteUri } from './sqlite-uri.js'
import { contextWith, TestDatabase } from './test-database.js'

const initialize = (uri: string) => new SqliteDB().initConnection({ uri, connectionName: 'test' })

test('the connection says what answered, and a commit is durable', async (context) => {
  const { uri } = await TestDatabase.create(context, 'CREATE TABLE t (a)')
  assert.match((await initialize(uri)).server, /^SQLite 3\.\d+/)
  const connection = openDatabase(parseSqliteUri(uri))
  const setting = (pragma: string) => connection.get({ text: `PRAGMA ${pragma}`, parameters: [] })![0]
  const settings = ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'].map(setting)
  assert.deepEqual(settings, ['wal', 3n, 1n, 5000n])
  connection.close()
})

test('what cannot be opened is unavailable, with the path', async (context) => {
  const database = await TestDatabase.create(context, 'CREATE TABLE t (a)')
  await assert.rejects(initialize('sqlite:///nonexistent/dir/x.db'), {
    reason: 'unavailable',
    message: /\/nonexistent\/dir\/x\.db/,
  })
  const noDatabase = `${dirname(database.path)}/text.db`
  writeFileSync(noDatabase, 'this is no database, whatever its name says\n'.repeat(50))
  await assert.rejects(initialize(`sqlite://${noDatabase}`), { reason: 'unavailable' })
  await assert.rejects(initialize('mysql://x'), { reason: 'bad_value' })
})

test('mode=ro reads and does not write', async (context) => {
  const database = await TestDatabase.create(context, 'CREATE TABLE t (a); INSERT INTO t VALUES (1)')
  await database.plugin.close()
  await database.plugin.initConnection({ uri: `${database.uri}?mode=ro`, connectionName: 'test' })
  assert.equal(await database.text('t'), '[{"a":1}]')
  await assert.rejects(database.create('t', [{ a: 2 }]), { reason: 'permission' })
  await assert.rejects(database.ensure('t', [{ name: 'b' }]), { reason: 'permission' })
  const request = { context: undefined, statement: 'SELECT a FROM t', maxRows: 0, maxReplyBytes: 0 }
  assert.equal((await database.plugin.query(request)).rowCount, 1)
})

test('a database in memory works', async () => {
  const plugin = new SqliteDB()
  await plugin.initConnection({ uri: 'sqlite://:memory:', connectionName: 'test' })
  const { schema } = await plugin.getSchema({ context: contextWith({}), knownVersion: '' })
  assert.equal(Buffer.from(schema as Uint8Array).toString(), '{"tables":{},"views":{},"rpc":{}}')
  await plugin.close()
})

test('a write waits for another program, and is told so when it waits too long', async (context) => {
  const database = await TestDatabase.create(context, 'CREATE TABLE t (a)')
  const impatient = new SqliteDB()
  await impatient.initConnection({ uri: `${database.uri}?busy_timeout=50`, connectionName: 'test' })
  context.after(() => impatient.close())
  database.other.exec('BEGIN IMMEDIATE')
  const request = {
    context: contextWith({}),
    table: 't',
    where: undefined,
    returning: 'none',
    select: [],
    expectSingle: false,
  } as const
  await assert.rejects(impatient.tableDelete({ ...request, maxAffected: undefined, ifMatch: [], ifMatchSelect: [] }), {
    reason: 'unavailable',
    retryAfterMs: 100,
  })
  assert.equal(await database.text('t'), '[]')
  database.other.exec('ROLLBACK')
})

test('writers in several processes do not fail', async (context) => {
  const database = await TestDatabase.create(context, 'CREATE TABLE t (id INTEGER PRIMARY KEY, a)')
  const program = `
    import { SqliteDB } from ${JSON.stringify(new URL('./sqlite-db.js', import.meta.url).href)}
    const db = new SqliteDB()
    await db.initConnection({ uri: ${JSON.stringify(database.uri)}, connectionName: 'x' })
    const rows = Buffer.from('[{"a":1},{"a":2}]')
    for (let i = 0; i < 200; i++) await db.tableCreate({ context: undefined, table: 't', rows, rowCount: 2, columns: [],
      missingDefault: false, returning: 'unspecified', select: [], expectSingle: false })
    await db.close()`
  const children = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'ignore', 'pipe'] }),
  )
  const codes = await Promise.all(
    children.map(async (child) => {
      let errors = ''
      child.stderr.on('data', (chunk) => (errors += chunk))
      const [code] = await once(child, 'close')
      return `${code}${errors}`
    }),
  )
  assert.deepEqual(codes, ['0', '0', '0'])
  assert.equal((await database.rows('t')).length, 1200)
})

test('the cache keeps values until they expire, and nothing of it is a table of the API', async (context) => {
  const database = await TestDatabase.create(context, 'CREATE TABLE t (a)')
  const cache = new SqliteCache()
  await cache.initConnection({ uri: `${database.uri}?autoCleanup=true`, connectionName: 'test' })
  context.after(() => cache.close())
  assert.deepEqual(await cache.get({ key: 'k' }), { value: undefined })
  await cache.set({ key: 'k', value: 'a\0b😀', ttlMs: 60_000 })
  await cache.set({ key: 'k\0', value: '', ttlMs: 60_000 })
  assert.deepEqual(
    [await cache.get({ key: 'k' }), await cache.get({ key: 'k\0' })],
    [{ value: 'a\0b😀' }, { value: '' }],
  )
  await cache.set({ key: 'k', value: 'new', ttlMs: 60_000 })
  assert.deepEqual(await cache.get({ key: 'k' }), { value: 'new' })
  await cache.delete({ key: 'k' })
  assert.deepEqual(await cache.get({ key: 'k' }), { value: undefined })
  await cache.set({ key: 'short', value: 'v', ttlMs: 1 })
  await new Promise((resolve) => setTimeout(resolve, 5))
  assert.deepEqual(await cache.get({ key: 'short' }), { value: undefined })
  database.other.exec(`INSERT INTO easyrest_cache VALUES ('old', 'v', '2999-01-01 00:00:00 +0000 UTC')`)
  assert.deepEqual(await cache.get({ key: 'old' }), { value: undefined })
  cache.deleteExpired()
  const left = database.other.all({ text: 'SELECT key FROM easyrest_cache', parameters: [] })
  assert.equal(left.length, 1)
  await assert.rejects(database.rows('easyrest_cache'), { reason: 'unknown_table' })
})
