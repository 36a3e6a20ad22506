import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { dbService, healthService, type PluginUnderTest, pluginService, startPlugin } from '@easyrest/plugin/testing'
import { TestDatabase } from './test-database.js'

// The program as the host runs it: what a query must not do to others, and what is left of it when it must stop.
const program = fileURLToPath(new URL('./main.js', import.meta.url))

const endless = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c'

const open = async (context: TestContext) => {
  const database = await TestDatabase.create(context, 'CREATE TABLE t (a); INSERT INTO t VALUES (1)')
  const plugin = await startPlugin(program)
  context.after(() => plugin.child.kill('SIGKILL'))
  await plugin.call(dbService.InitConnection, { uri: database.uri, connectionName: 'test' })
  return { database, plugin }
}

const query = (plugin: PluginUnderTest, statement: string, limits: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  plugin.call(dbService.Query, { statement }, { timeoutMs: 60_000, ...limits })

const read = (plugin: PluginUnderTest) => plugin.call(dbService.TableGet, { table: 't' }, { timeoutMs: 60_000 })

/** Processes that the plugin has started. */
const children = (plugin: PluginUnderTest): number[] =>
  processes()
    .filter(({ parent }) => parent === plugin.child.pid)
    .map(({ pid }) => pid)

// Where there is no /proc there is ps; small Linux images have no ps.
const processes = (): { pid: number; parent: number }[] => {
  if (!existsSync('/proc/self/stat')) {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
    return lines
      .map((line) => line.trim().split(/\s+/))
      .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }))
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), parent: parentOf(pid) }))
}

const parentOf = (pid: string): number => {
  try {
    // pid (name, which may hold anything) state parent ...
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return state === 'Z' ? 0 : Number(parent)
  } catch {
    // It has ended meanwhile.
    return 0
  }
}

const eventually = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 600) throw new Error(`expected this to hold within a minute: ${holds}`)
    await sleep(100)
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('the capabilities are announced, and what is not there is refused by its name', async (context) => {
  const { plugin } = await open(context)
  const { capabilities } = await plugin.call(pluginService.GetInfo)
  for (const name of ['query', 'ensure_table', 'stream', 'session']) assert.ok(capabilities.includes(name as 'query'))
  assert.ok(!capabilities.includes('functions'))
  const refused = { reason: 'unsupported', details: { capability: 'functions' } }
  await assert.rejects(plugin.call(dbService.CallFunction, { function: 'f' }), refused)
})

test('queries answer beside each other, and their process is kept', async (context) => {
  const { plugin } = await open(context)
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => query(plugin, `SELECT ${n} AS n, a FROM t`)))
  assert.deepEqual(
    answers.map(({ rows }) => JSON.parse(String(rows))[0].n),
    Array.from({ length: 20 }, (_, n) => n),
  )
  const before = children(plugin)
  assert.ok(before.length >= 1 && before.length <= 4, String(before))
  await query(plugin, 'SELECT 1')
  assert.deepEqual(children(plugin), before)
})

test('endless queries end at their deadline, with their processes, and block nothing meanwhile', async (context) => {
  const { plugin } = await open(context)
  const endlessOnes = Array.from({ length: 6 }, () => query(plugin, endless, { timeoutMs: 3000 }))
  const ends = endlessOnes.map((one) => assert.rejects(one, /deadline|DEADLINE/i))
  await eventually(() => children(plugin).length === 4)
  await plugin.call(healthService.Check, { service: 'plugin' })
  assert.equal((await read(plugin)).rowCount, 1)
  await Promise.all(ends)
  await eventually(() => children(plugin).length === 0)
  assert.equal((await query(plugin, 'SELECT 1')).rowCount, 1)
})

test('a query that is given up ends, and what it held up goes on', async (context) => {
  const { plugin } = await open(context)
  const controller = new AbortController()
  const given = query(plugin, endless, { signal: controller.signal })
  await eventually(() => children(plugin).length === 1)
  controller.abort()
  await assert.rejects(given, /CANCELLED|cancelled/)
  await eventually(() => children(plugin).length === 0)
})

test('the plugin dies, and its queries with it', async (context) => {
  const { plugin } = await open(context)
  query(plugin, endless).catch(() => {})
  await eventually(() => children(plugin).length === 1)
  const [child] = children(plugin)
  plugin.child.kill('SIGKILL')
  await eventually(() => !isAlive(child!))
})

test('the plugin stops while a query runs, and nothing is left', async (context) => {
  const { plugin } = await open(context)
  query(plugin, endless, { timeoutMs: 5000 }).catch(() => {})
  await eventually(() => children(plugin).length === 1)
  const [child] = children(plugin)
  await plugin.stop()
  await eventually(() => !isAlive(child!))
})

test('a query that takes too much memory is stopped', async (context) => {
  const { plugin } = await open(context)
  const large = `WITH RECURSIVE c(x, y) AS (SELECT 1, randomblob(1000000)
    UNION ALL SELECT x + 1, randomblob(1000000) FROM c WHERE x < 20000) SELECT x FROM c ORDER BY y`
  await assert.rejects(query(plugin, large), { reason: 'too_large' })
  assert.equal((await query(plugin, 'SELECT 1')).rowCount, 1)
})

test('a process that is killed from outside fails its query, and the next has another', async (context) => {
  const { plugin } = await open(context)
  const failed = assert.rejects(query(plugin, endless), { reason: 'unavailable' })
  await eventually(() => children(plugin).length === 1)
  for (const pid of children(plugin)) process.kill(pid, 'SIGKILL')
  await failed
  assert.equal((await query(plugin, 'SELECT a FROM t')).rowCount, 1)
})
