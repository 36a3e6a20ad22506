import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { cleanLeftovers } from './clean-leftovers.js'
import { isGone, ownIdentity } from './host-identity.js'
import { isAlive, isZombie, until } from './open-fixture.js'

// Guards: the lifeline in the SDK for the first; group-reaper.ts for the second, which watches nothing itself.
for (const evil of ['', 'ignores-host']) {
  test(`no plugin outlives a host that was killed by a second: ${evil || 'with a lifeline'}`, async (t) => {
    const { host, pid } = await startHost(t, runtimeOf(t), evil)
    host.kill('SIGKILL')
    await until(() => !isRunning(pid), 1000)
  })
}

test('what a killed host left is removed at the next start, and what belongs to a living one is not', async (t) => {
  const runtime = runtimeOf(t)
  const living = await startHost(t, runtime, '')
  const livingDirectory = socketDirectoryOf(living.pid)
  const { pid, directory } = await leaveOne(t, runtime)

  process.env.XDG_RUNTIME_DIR = runtime
  assert.ok((await cleanLeftovers()).directories >= 1)
  await until(() => !isRunning(pid), 1000)
  assert.ok(!existsSync(directory))
  assert.ok(isRunning(living.pid) && existsSync(livingDirectory))
  assert.deepEqual((await cleanLeftovers()).directories, 0)
})

test('a host is gone only when that can be known', async () => {
  const [pid, started, space] = ownIdentity().split('.') as [string, string, string]
  assert.ok(!isGone(ownIdentity()))
  assert.ok(isGone(`${pid}.${Number(started) + 1}.${space}`), 'another process of the same id')
  assert.ok(isGone(`4194304.${started}.${space}`), 'no process has so high an id')
  assert.ok(!isGone(`4194304.${started}.1`), 'ids of another container mean nothing here')
  for (const text of ['', '1', 'a.b.c', `${ownIdentity()} `]) assert.ok(!isGone(text), text)
})

/** A plugin whose host was killed, and nobody ends it. */
const leaveOne = async (t: TestContext, runtime: string): Promise<{ pid: number; directory: string }> => {
  // Every server that starts on this machine cleans up, so what was left may be gone before it is looked at.
  for (let attempt = 0; attempt < 5; attempt++) {
    const { host, pid } = await startHost(t, runtime, 'ignores-host')
    const directory = socketDirectoryOf(pid)
    // Both at once, as when the machine ran out of memory.
    for (const child of childrenOf(host.pid!)) if (child !== pid) process.kill(child, 'SIGKILL')
    host.kill('SIGKILL')
    await delay(800)
    if (isRunning(pid)) return { pid, directory }
  }
  return assert.fail('control: the plugin is still there')
}

const startHost = async (
  t: TestContext,
  runtime: string,
  evil: string,
): Promise<{ host: ChildProcess; pid: number }> => {
  const host = spawn(process.execPath, ['--input-type=module', '-e', hostProgram], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: runtime, RUNTIME: runtime, FIXTURE_EVIL: evil },
  })
  t.after(() => host.kill('SIGKILL'))
  const [line] = await once(host.stdout!, 'data')
  const pid = Number(line)
  assert.ok(isAlive(pid))
  return { host, pid }
}

const hostProgram = `
  import { openFixture } from ${JSON.stringify(new URL('./open-fixture.js', import.meta.url))}
  process.env.XDG_RUNTIME_DIR = process.env.RUNTIME
  const { connection } = openFixture(process.env.FIXTURE_EVIL === '' ? {} : { evil: process.env.FIXTURE_EVIL })
  await connection.ready()
  console.log(connection.status.pid)
`

const runtimeOf = (t: TestContext): string => {
  const directory = mkdtempSync(join(tmpdir(), 'host-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const socketDirectoryOf = (pid: number): string =>
  /(?:^|\0)PLUGIN_UNIX_SOCKET_DIR=([^\0]*)/.exec(readFileSync(`/proc/${pid}/environ`, 'utf8'))![1]!

const childrenOf = (parent: number): number[] =>
  readdirSync(`/proc/${parent}/task`).flatMap((task) =>
    readFileSync(`/proc/${parent}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )

const isRunning = (pid: number): boolean => isAlive(pid) && !isZombie(pid)
