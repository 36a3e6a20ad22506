import assert from 'node:assert/strict'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { send } from '../support/http.js'
import { isRunning } from '../support/is-running.js'
import { askPid, pidConfig } from '../support/pid-connection.js'
import { startEarly } from '../support/start-early.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { signToken, testSecret } from '../support/token.js'
import { until } from '../support/until.js'

describe('SIGHUP', () => {
  it('S10: sends the next request to the new plugin process while a slow one finishes on the old', async (t) => {
    const server = await startPidServer(t)
    const before = await askPid(server)
    assert.equal((await askPid(server)).pid, before.pid, 'control: without a reload the process stays')

    const slow = askPid(server, 3000)
    await sleep(200)
    await server.writeConfig(await pidConfig(server.directory, 'pid://two'))
    server.signal('SIGHUP')
    const next = await until(async () => otherThan(before.pid, await askPid(server)), { what: 'the new process' })
    assert.equal(next.uri, 'pid://two')

    assert.equal(
      await Promise.race([slow, sleep(0, 'still running')]),
      'still running',
      'the slow one was to be slower',
    )
    assert.deepEqual(await slow, before)
    await until(() => !isRunning(before.pid), { what: 'the old process to end' })
    assert.ok(isRunning(next.pid))
  })

  it('leaves everything as it was when the new configuration is broken', async (t) => {
    const server = await startPidServer(t)
    const before = await askPid(server)

    for (const broken of ['plugins: [', '{"plugin": {}}', '{"plugins": {"p": {"uri": "pid://two", "pth": "x"}}}', '']) {
      const failures = countFailures(server)
      await server.writeConfig(broken)
      server.signal('SIGHUP')
      await until(() => countFailures(server) > failures, { what: `the log to say that the reload failed: ${broken}` })
      assert.deepEqual(await askPid(server), before)
    }

    await server.writeConfig(await pidConfig(server.directory, 'pid://three'))
    server.signal('SIGHUP')
    const next = await until(async () => otherThan(before.pid, await askPid(server)), { what: 'the new process' })
    assert.equal(next.uri, 'pid://three', 'control: a configuration that is right takes effect')
  })

  it('leaves everything as it was when a new plugin does not start', async (t) => {
    const server = await startPidServer(t)
    const before = await askPid(server)

    await server.writeConfig({ plugins: { p: { uri: 'pid://two', path: server.directory.file('no-such-program') } } })
    server.signal('SIGHUP')
    await until(() => countFailures(server) > 0, { what: 'the log to say that the reload failed' })
    assert.deepEqual(await askPid(server), before)
  })

  it('keeps the process of a connection that did not change', async (t) => {
    const server = await startPidServer(t)
    const before = await askPid(server)
    const config = await pidConfig(server.directory, 'pid://one')

    await server.writeConfig({ ...config, default_timezone: 'Europe/Berlin' })
    server.signal('SIGHUP')
    await server.logLine(/reload/i)
    assert.equal((await askPid(server)).pid, before.pid)
  })

  it('lets a request finish that began two generations ago', async (t) => {
    const server = await startPidServer(t)
    const before = await askPid(server)
    const config = await pidConfig(server.directory, 'pid://one')
    const slow = askPid(server, 2500)
    await sleep(200)
    // The connection is kept by the second generation and given up by the third.
    await server.writeConfig({ ...config, default_timezone: 'Europe/Berlin' })
    server.signal('SIGHUP')
    await server.logLine(/configuration reloaded/)
    await server.writeConfig(await pidConfig(server.directory, 'pid://two'))
    server.signal('SIGHUP')
    await until(async () => otherThan(before.pid, await askPid(server)), { what: 'the new process' })
    assert.deepEqual(await slow, before)
    await until(() => !isRunning(before.pid), { what: 'the old process to end' })
  })

  it('fails no request while it happens ten times', async (t) => {
    const server = await startPidServer(t)
    const uris = new Set<string>()
    let done = false
    const traffic = Array.from({ length: 4 }, async () => {
      while (!done) uris.add((await askPid(server, 20)).uri)
    })
    try {
      for (let round = 1; round <= 10; round++) {
        await server.writeConfig(await pidConfig(server.directory, `pid://round-${round}`))
        server.signal('SIGHUP')
        await until(() => uris.has(`pid://round-${round}`), { what: `round ${round} to be in force` })
      }
    } finally {
      done = true
    }
    await Promise.all(traffic)
    assert.equal(uris.size, 11)
  })

  it('starts a new process when the program file was replaced', async (t) => {
    const server = await startPidServer(t)
    const before = await askPid(server)
    const path = server.directory.file('pid-plugin')
    const bytes = await readFile(path)
    server.signal('SIGHUP')
    await server.logLine(/reloaded: nothing changed/)
    assert.equal((await askPid(server)).pid, before.pid, 'control: the same file, the same process')

    // As package managers do it: another file takes the name.
    await writeFile(`${path}.new`, bytes, { mode: 0o755 })
    await rename(`${path}.new`, path)
    server.signal('SIGHUP')
    await server.logLine(/reloaded: connection p: another program file/)
    assert.notEqual((await askPid(server)).pid, before.pid)
  })

  it('sent twenty times in a moment leads to two reloads at most', async (t) => {
    const server = await startPidServer(t)
    await server.writeConfig(await pidConfig(server.directory, 'pid://two'))
    for (let count = 0; count < 20; count++) server.signal('SIGHUP')
    await until(async () => (await askPid(server)).uri === 'pid://two', { what: 'the new configuration' })
    await sleep(1000)
    const reloads = server.log().match(/configuration reloaded/g)?.length ?? 0
    assert.ok(reloads >= 1 && reloads <= 2, `expected one or two reloads, got ${reloads}`)
  })

  it('puts new keys in force, and forgets what the old ones had verified', async (t) => {
    const server = await startPidServer(t)
    const config = await pidConfig(server.directory, 'pid://one')
    const secret = 'another-secret-of-the-tests-that-is-long-enough'
    // The variable of the start would beat the file.
    const next = await startServer({ config: { ...config, token_secret: testSecret }, env: { ER_TOKEN_SECRET: '' } })
    t.after(() => next.stop())
    await askPid(next)
    await next.writeConfig({ ...config, token_secret: secret })
    next.signal('SIGHUP')
    await next.logLine(/configuration reloaded: token_secret changed/)
    await assert.rejects(askPid(next), /expected 200, got 401/)
    const token = signToken({ scope: 'read' }, { secret })
    const answer = await next.request('/api/p/any/', { headers: [['Authorization', `Bearer ${token}`]] })
    assert.equal(answer.status, 200)
    assert.ok(!next.log().includes(secret) && !next.log().includes(testSecret))
  })

  it('before the configuration is read does not end the server', async (t) => {
    const { child, origin, exited } = await startEarly(t)
    let signals = 0
    const answer = await until(
      async () => {
        child.kill('SIGHUP')
        signals++
        return (await send({ origin, target: '/health' }).catch(() => undefined))?.status
      },
      { what: 'the server to serve', intervalMs: 1 },
    )
    assert.equal(answer, 200)
    assert.ok(signals > 5, `control: it was sent ${signals} times meanwhile`)
    child.kill('SIGTERM')
    assert.deepEqual(await exited, { code: 0, signal: null })
  })
})

async function startPidServer(t: { after(hook: () => Promise<unknown>): void }): Promise<TestServer> {
  const server = await startServer({ config: (directory) => pidConfig(directory, 'pid://one') })
  t.after(() => server.stop())
  return server
}

function otherThan<T extends { readonly pid: number }>(pid: number, answer: T): T | undefined {
  return answer.pid === pid ? undefined : answer
}

function countFailures(server: TestServer): number {
  return server
    .log()
    .split('\n')
    .filter((line) => /reload/i.test(line) && /fail/i.test(line)).length
}
