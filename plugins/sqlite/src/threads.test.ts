import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dbService, healthService, type PluginUnderTest, startPlugin } from '@easyrest/plugin/testing'
import { Database } from './database.js'

// The program as the host runs it: what a long query must not do to others.
const program = fileURLToPath(new URL('./main.js', import.meta.url))
const inlineProgram = fileURLToPath(new URL('./fixtures/inline-plugin.js', import.meta.url))

// Some seconds of work that no statement around it can stop.
const slowView = `CREATE VIEW slow AS
  WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 12000000) SELECT max(x) AS x FROM c`

const open = async (context: TestContext, path: string, schema: string): Promise<PluginUnderTest> => {
  const directory = mkdtempSync(join(tmpdir(), 'easyrest-sqlite-'))
  const file = join(directory, 'test.db')
  const database = Database.open({ path: file, readOnly: false, busyTimeoutMs: 5000 })
  database.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'one'); ${schema}`)
  database.close()
  const plugin = await startPlugin(path)
  await plugin.call(dbService.InitConnection, { uri: `sqlite://${file}`, connectionName: 'test' })
  context.after(async () => {
    plugin.child.kill('SIGKILL')
    rmSync(directory, { recursive: true })
  })
  return plugin
}

/** Whether the work ends before the slow query does. */
const endsBefore = async (slow: Promise<unknown>, work: Promise<unknown>): Promise<boolean> =>
  Promise.race([work.then(() => true), slow.then(() => false)])

const read = (plugin: PluginUnderTest, table: string, limits: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  plugin.call(dbService.TableGet, { table }, { timeoutMs: 60_000, ...limits })

test('health, other reads and writes are answered while a long query runs', async (context) => {
  const plugin = await open(context, program, slowView)
  const slow = read(plugin, 'slow')
  assert.ok(await endsBefore(slow, plugin.call(healthService.Check, { service: 'plugin' })))
  assert.ok(await endsBefore(slow, Promise.all([1, 2, 3, 4].map(() => read(plugin, 't')))))
  const write = plugin.call(dbService.TableCreate, { table: 't', rows: Buffer.from('[{"v":"two"}]'), rowCount: 1 })
  assert.ok(await endsBefore(slow, write))
  assert.equal((await slow).rowCount, 1)
})

test('control: without threads health waits for the query', async (context) => {
  const plugin = await open(context, inlineProgram, slowView)
  const slow = read(plugin, 'slow')
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(await endsBefore(slow, plugin.call(healthService.Check, { service: 'plugin' })), false)
})

test('reads that were handed over with a long query do not wait for it', async (context) => {
  const plugin = await open(context, program, slowView)
  const slow = read(plugin, 'slow')
  // In the same turn, so that they go to the thread in one message.
  const others = Promise.all(Array.from({ length: 20 }, () => read(plugin, 't')))
  assert.ok(await endsBefore(slow, others))
  await slow
})

test('a deadline is answered at once, and a scan that nobody waits for is stopped', async (context) => {
  const many = `CREATE TABLE big (id INTEGER PRIMARY KEY, v INTEGER);
    WITH RECURSIVE generate(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM generate WHERE value < 300000)
    INSERT INTO big SELECT value, value FROM generate;
    CREATE VIEW pairs AS SELECT a.id, b.v FROM big a CROSS JOIN big b WHERE a.v % 7 = b.v % 7 AND a.v + b.v < 0`
  const plugin = await open(context, program, many)
  // Whether the plugin's answer or the deadline of gRPC is first is chance.
  await assert.rejects(read(plugin, 'pairs', { timeoutMs: 300 }), /deadline/i)
  // The thread is free again: one reader more than there are threads is answered.
  for (let round = 0; round < 10; round++) assert.equal((await read(plugin, 't')).rowCount, 1)
})

test('a stream ends its cursor when the reader leaves, and writes go on meanwhile', async (context) => {
  const many = `WITH RECURSIVE g(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM g WHERE i < 200000)
    INSERT INTO t SELECT i, 'some text to fill the row ' || i FROM g`
  const plugin = await open(context, program, many)
  const stream = plugin.stream(dbService.TableGetStream, { table: 't' })
  stream.on('error', () => {})
  const first = await new Promise<{ rows: Uint8Array; rowCount: number }>((resolve) => stream.once('data', resolve))
  assert.ok(first.rowCount > 0)
  await plugin.call(dbService.TableUpdate, { table: 't', data: Buffer.from('{"v":"x"}') })
  stream.cancel()
  for (let round = 0; round < 8; round++) {
    let count = 0
    const again = plugin.stream(dbService.TableGetStream, { table: 't' })
    for await (const chunk of again as AsyncIterable<{ rowCount: number }>) count += chunk.rowCount
    assert.equal(count, 200_000)
  }
})

test('a stream gives the bytes of the unary answer, also where text has to be read in another form', async (context) => {
  const odd = `WITH RECURSIVE g(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM g WHERE i < 20000)
    INSERT INTO t SELECT i, iif(i IN (700, 15000), 'nul' || char(0) || 'inside', 'text ' || i) FROM g`
  const plugin = await open(context, program, odd)
  const { rows, rowCount } = await read(plugin, 't')
  const pieces: Buffer[] = []
  for await (const chunk of plugin.stream(dbService.TableGetStream, { table: 't' }) as AsyncIterable<{
    rows: Buffer
  }>) {
    pieces.push(Buffer.from(chunk.rows))
  }
  assert.ok(pieces.length > 2)
  assert.equal(`[${pieces.join(',')}]`, Buffer.from(rows).toString())
  assert.equal(rowCount, 20_000)
})

test('a database in memory is served by one connection', async (context) => {
  const plugin = await startPlugin(program)
  context.after(() => plugin.child.kill('SIGKILL'))
  await plugin.call(dbService.InitConnection, { uri: 'sqlite://:memory:', connectionName: 'test' })
  await assert.rejects(read(plugin, 't'), { reason: 'unknown_table' })
})

test('the process stops although a query runs', async (context) => {
  const plugin = await open(context, program, slowView)
  const slow = read(plugin, 'slow').catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 50))
  plugin.child.kill('SIGTERM')
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    plugin.child.once('exit', (...exit) => resolve(exit)),
  )
  // SIGABRT would be the driver's answer to a thread that is torn down.
  assert.notEqual(signal, 'SIGABRT')
  assert.notEqual(code, 134)
  await slow
})

test('streams that begin at once, on threads that do not run yet, get their own rows each', async (context) => {
  const tables = Array.from({ length: 8 }, (_value, index) => index + 1)
  const schema = tables.map(
    (number) => `CREATE TABLE s${number} (v INTEGER);
    WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < ${number * 1000}) INSERT INTO s${number} SELECT ${number} FROM g`,
  )
  const plugin = await open(context, program, schema.join(';'))
  await Promise.all(
    tables.map(async (number) => {
      let text = ''
      const chunks = plugin.stream(dbService.TableGetStream, { table: `s${number}` }) as AsyncIterable<{ rows: Buffer }>
      for await (const { rows } of chunks) text += `${text === '' ? '' : ','}${Buffer.from(rows)}`
      assert.equal(
        text,
        Array(number * 1000)
          .fill(`{"v":${number}}`)
          .join(','),
      )
    }),
  )
})

test('a read goes on although a query that nobody waits for holds the only reader', async (context) => {
  const plugin = await open(context, program, slowView)
  const slow = read(plugin, 'slow', { timeoutMs: 100 })
  await assert.rejects(slow, /deadline/i)
  const started = performance.now()
  assert.equal((await read(plugin, 't')).rowCount, 1)
  const answered = performance.now() - started
  // The query itself goes on for about a second; the control is what it takes a plugin without threads.
  const inline = await open(context, inlineProgram, slowView)
  await assert.rejects(read(inline, 'slow', { timeoutMs: 100 }), /deadline/i)
  const begun = performance.now()
  await read(inline, 't')
  assert.ok(answered < performance.now() - begun, `${answered} ms`)
})

test('when many calls are given up at once, the one that runs is stopped', async (context) => {
  const many = `WITH RECURSIVE g(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM g WHERE i < 100000) INSERT INTO t SELECT i, i FROM g;
    CREATE VIEW pairs AS SELECT a.id, b.v FROM t a CROSS JOIN t b`
  const plugin = await open(context, program, many)
  const aborts = Array.from({ length: 20 }, () => new AbortController())
  const calls = aborts.map(({ signal }) => read(plugin, 'pairs', { signal }).catch(() => undefined))
  await new Promise((resolve) => setTimeout(resolve, 100))
  for (const abort of aborts) abort.abort()
  await Promise.all(calls)
  // Were one of them still running, its thread could not close and the plugin would be killed instead of exiting.
  plugin.child.kill('SIGTERM')
  const [code] = await new Promise<[number | null]>((resolve) => plugin.child.once('exit', (exit) => resolve([exit])))
  assert.equal(code, 0)
})
