import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, writeFile } from 'node:fs/promises'
import { describe, it, type TestContext } from 'node:test'
import { freePort } from '../support/free-port.js'
import { serverProgram, sqlitePlugin } from '../support/repository-path.js'
import { temporaryDirectory } from '../support/temporary-directory.js'
import { testSecret } from '../support/token.js'
import { until } from '../support/until.js'

describe('Standard output that takes nothing', () => {
  for (const workers of [1, 2]) {
    it(`on a full disk, the server serves, and ends when it is told to (workers: ${workers})`, async (t) => {
      const disk = await open('/dev/full', 'w')
      t.after(() => disk.close())
      const { server, isHealthy } = await start(t, { workers }, disk.fd)
      await until(isHealthy, { what: 'the server to answer' })
      server.kill('SIGTERM')
      assert.deepEqual(await once(server, 'exit'), [0, null])
    })
  }

  it('when its reader has gone, likewise', async (t) => {
    const { server, isHealthy } = await start(t, {}, 'pipe')
    server.stdout?.destroy()
    await until(isHealthy, { what: 'the server to answer' })
    server.kill('SIGTERM')
    assert.deepEqual(await once(server, 'exit'), [0, null])
  })
})

describe('The log of a server that is stopped before it is ready', () => {
  it('ends with its last line, and speaks of nothing that would be tried again', async (t) => {
    const directory = await temporaryDirectory()
    t.after(() => directory.remove())
    const file = await open(directory.file('log'), 'a+')
    t.after(() => file.close())
    const plugins = { p: { uri: 'sqlite://:memory:', path: sqlitePlugin() } }
    const { server, isHealthy } = await start(t, { plugins, kv: { connection: 'p' } }, file.fd)
    await until(isHealthy, { what: 'the server to answer', intervalMs: 5 })
    server.kill('SIGTERM')
    assert.deepEqual(await once(server, 'exit'), [0, null])
    const log = await readFile(directory.file('log'), 'utf8')
    assert.match(log, /finishing requests in flight[\s\S]*"msg":"stopped"\}\n$/)
    assert.doesNotMatch(log, /key\/value API is off/)
  })
})

async function start(t: TestContext, settings: object, output: number | 'pipe') {
  const directory = await temporaryDirectory()
  const port = await freePort()
  const config = directory.file('config.yaml')
  const plugins = { p: { uri: 'pid://x', path: '/no-such-program' } }
  await writeFile(config, JSON.stringify({ port, access_log: true, plugins, ...settings }))
  const server: ChildProcess = spawn(process.execPath, [serverProgram(), '--config', config], {
    env: { ...process.env, ER_TOKEN_SECRET: testSecret },
    stdio: ['ignore', output, 'ignore'],
  })
  t.after(() => directory.remove())
  t.after(() => server.kill('SIGKILL'))
  const isHealthy = async (): Promise<boolean> => {
    assert.equal(server.exitCode, null, 'the server has ended')
    return fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  }
  return { server, isHealthy }
}
