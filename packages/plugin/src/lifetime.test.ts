import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { oddProgram } from './fixtures/odd-program.js'
import { controllerService, dbService, healthService, startPlugin, stdioService } from './testing.js'

const started = async (env = {}) => {
  const plugin = await startPlugin(oddProgram, { env })
  await plugin.call(dbService.InitConnection, { uri: 'odd://' })
  const socket = plugin.stdout[0]!.split('|')[3]!
  return { plugin, socket }
}

test('Shutdown ends the process within two seconds, StreamStdio open or not', async () => {
  const { plugin, socket } = await started()
  plugin
    .stream(stdioService.StreamStdio)
    .on('error', () => {})
    .resume()
  plugin
    .stream(healthService.Watch)
    .on('error', () => {})
    .resume()
  const begin = Date.now()
  await plugin.call(controllerService.Shutdown)
  assert.equal(await plugin.exit(), 0)
  assert.ok(Date.now() - begin < 2000)
  assert.ok(!existsSync(socket))
  assert.match(plugin.stderr, /closed/)
})

test('Shutdown lets calls in flight finish, refuses new ones, and waits no longer than it may', async () => {
  const { plugin } = await started()
  const slow = plugin.call(dbService.TableGet, { table: 'slow' })
  const hanging = plugin.call(dbService.TableGet, { table: 'hang' }).catch((error) => error)
  await sleep(100)
  const begin = Date.now()
  await plugin.call(controllerService.Shutdown)
  await assert.rejects(plugin.call(dbService.TableGet, { table: 'plain' }, { timeoutMs: 1000 }))
  assert.equal((await slow).rowCount, 1)
  assert.equal(await plugin.exit(), 0)
  assert.ok(Date.now() - begin < 2000)
  assert.ok((await hanging) instanceof Error)
})

test('SIGINT and SIGHUP do nothing; SIGTERM stops gently', async () => {
  const { plugin, socket } = await started()
  plugin.child.kill('SIGINT')
  plugin.child.kill('SIGHUP')
  await sleep(200)
  const slow = plugin.call(dbService.TableGet, { table: 'slow' })
  await sleep(100)
  plugin.child.kill('SIGTERM')
  assert.equal((await slow).rowCount, 1)
  assert.equal(await plugin.exit(), 0)
  assert.ok(!existsSync(socket))
})

test('the end of standard input ends the process, if the host said so', async () => {
  const { plugin, socket } = await started()
  const begin = Date.now()
  assert.equal(await plugin.stop(), 0)
  assert.ok(Date.now() - begin < 4000)
  assert.ok(!existsSync(socket))

  const other = (await started({ EASYREST_PLUGIN_STDIN_LIFELINE: undefined })).plugin
  other.child.stdin!.end()
  await sleep(300)
  assert.deepEqual(await other.call(healthService.Check, { service: 'plugin' }), { status: 'SERVING' })
  other.child.kill('SIGTERM')
  assert.equal(await other.exit(), 0)
})

test('an exception outside any call is logged and ends the process with status 1', async () => {
  const { plugin, socket } = await started()
  await plugin.call(dbService.TableGet, { table: 'throws_later' }).catch(() => {})
  assert.equal(await plugin.exit(), 1)
  assert.match(plugin.stderr, /uncaught exception; the process ends.*outside any call/)
  assert.ok(!existsSync(socket))
})

test('without a lifeline the end of the parent process is noticed', async () => {
  const parent = spawn(process.execPath, ['-e', parentProgram, oddProgram], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, EASYREST_PLUGIN: 'easyrest' },
  })
  const lines = createInterface({ input: parent.stdout! })
  const [pid] = await new Promise<string[]>((resolve) => lines.once('line', (line) => resolve([line])))
  parent.kill('SIGKILL')
  for (let tries = 0; isAlive(Number(pid)) && tries < 50; tries++) await sleep(100)
  assert.ok(!isAlive(Number(pid)))
})

const parentProgram = `
  const child = require('node:child_process').spawn(process.execPath, [process.argv[1]], {
    stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  child.stdout.once('data', () => console.log(child.pid))
`

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
