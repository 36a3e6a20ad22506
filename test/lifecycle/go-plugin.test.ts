import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { renameSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { type ManagedConnection, type Observation, openConnection } from '@easyrest/host'
import { GoHost } from '../support/go-host.js'
import { type GoPrograms, goPrograms } from '../support/go-programs.js'
import { isRunning } from '../support/is-running.js'
import { authorization } from '../support/pid-connection.js'
import { sqlitePlugin } from '../support/repository-path.js'
import { sqliteFile } from '../support/sqlite-file.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'
import { until } from '../support/until.js'

const go = goPrograms()
const skip = go === undefined ? 'Go is not installed, so nothing was tried against hashicorp/go-plugin' : false

describe('A plugin built with hashicorp/go-plugin', { skip }, () => {
  let server: TestServer

  before(async () => {
    server = await startServer({ config: { plugins: { plain: entry(go!, 'auto'), secured: entry(go!, 'always') } } })
  })
  after(() => server?.stop())

  for (const [name, tls] of [
    ['plain', false],
    ['secured', true],
  ] as const) {
    it(`answers reads and writes, ${tls ? 'with' : 'without'} AutoMTLS`, async () => {
      const [row] = await get(name, 'any')
      assert.equal(row?.tls, tls, 'the plugin was offered TLS')
      const written = await server.request(`/api/${name}/any/`, {
        method: 'POST',
        headers: [authorization(), ['Content-Type', 'application/json']],
        body: '[{"id":9007199254740993}]',
      })
      assert.equal(written.status, 201)
      assert.match(written.text(), /9007199254740993/)
    })
  }

  it('may print: 300 KB of standard output come through StreamStdio and block nothing', async () => {
    for (const name of ['plain', 'secured']) assert.equal((await get(name, 'prints')).length, 1)
  })

  it('has its log in ours, under the name of its connection', async () => {
    await get('secured', 'logs')
    const line = await server.logLine(/secured: from a Go plugin/)
    const record = JSON.parse(line) as Record<string, unknown>
    assert.deepEqual([record.level, record.connection, record.number], [40, 'secured', 7])
    await server.logLine(/secured: plain text from a Go plugin/)
  })

  it('has its gRPC status mapped', async () => {
    assert.equal((await server.request('/api/plain/missing/', { headers: [authorization()] })).status, 404)
  })

  it('is replaced when it panics, and the log has its last words', async () => {
    const [before] = await get('plain', 'any')
    const answer = await server.request('/api/plain/panics/', { headers: [authorization()] })
    assert.equal(answer.status, 502, 'the read was repeated, and its second process panicked too')
    const line = await server.logLine(/ended by itself \(exit code 2\)/)
    assert.match(line, /panic: a Go plugin gives up/)
    const [next] = await until(() => get('plain', 'any').catch(() => undefined), { what: 'the next process' })
    assert.notEqual(next?.pid, before?.pid)
  })

  async function get(connection: string, table: string): Promise<{ pid: number; tls: boolean }[]> {
    const answer = await server.request(`/api/${connection}/${table}/`, { headers: [authorization()] })
    if (answer.status !== 200) throw new Error(`expected 200, got ${answer.status}: ${answer.text()}`)
    return answer.json() as { pid: number; tls: boolean }[]
  }
})

describe('A pinned binary', { skip }, () => {
  it('that is exchanged for its start, and put back, gets no secrets', async (t) => {
    const directory = await temporaryDirectory()
    t.after(() => directory.remove())
    const [program, changed, good] = [directory.file('plugin'), directory.file('changed'), directory.file('good')]
    const content = await readFile(go!.plugin)
    // Bytes behind its last section change nothing of what it does.
    await writeFile(changed, Buffer.concat([content, Buffer.from('changed')]), { mode: 0o755 })
    await writeFile(program, content, { mode: 0o755 })
    const sha256 = createHash('sha256').update(content).digest('hex')

    const honest = openPinned(program, sha256)
    await honest.ready()
    await honest.close(0)
    // Read when the environment of the process is put together: after the first look, before the start.
    const exchange = (): undefined => {
      renameSync(program, good)
      renameSync(changed, program)
    }
    const putBack = ({ kind }: Observation): void => {
      if (kind === 'plugin-started') renameSync(good, program)
    }
    const attacked = openPinned(program, sha256, { exchange, putBack })
    t.after(() => attacked.close(0))
    await assert.rejects(attacked.ready(), /expected .*plugin to have sha256/)
  })

  function openPinned(
    program: string,
    sha256: string,
    attack?: { exchange: () => undefined; putBack: (observation: Observation) => void },
  ): ManagedConnection {
    const environment = Object.defineProperty({ ...process.env }, 'LANG', {
      enumerable: true,
      get: attack?.exchange ?? (() => undefined),
    })
    return openConnection(
      {
        name: 'pinned',
        uri: 'go://any',
        path: program,
        sha256,
        pluginDirs: [],
        servesTables: true,
        servesCache: false,
        env: go!.env,
        envPass: [],
        limits: { timeoutMs: 5000, startTimeoutMs: 8000, inFlight: 64, queue: 256, waitMs: 5000 },
      },
      { besideDirs: [], hostVersion: '0.0.0', environment, log: attack?.putBack ?? (() => {}) },
    )
  }
})

describe('A server with a plugin built with hashicorp/go-plugin', { skip }, () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`leaves nothing of it within a second of ${signal}`, async (t) => {
      const server = await startServer({ config: { plugins: { plain: entry(go!, 'auto') } } })
      t.after(() => server.stop())
      const answer = await server.request('/api/plain/any/', { headers: [authorization()] })
      const [{ pid }] = answer.json() as [{ pid: number }]
      server.signal(signal)
      await server.exited
      // A plugin of go-plugin watches nothing; the control is the shell of group-reaper.ts: without it, it lives on.
      await until(() => !isRunning(pid), { what: 'the Go plugin to end', timeoutMs: 1000 })
    })
  }
})

describe('A host built with hashicorp/go-plugin', { skip }, () => {
  let directory: TemporaryDirectory

  before(async () => {
    directory = await temporaryDirectory()
  })
  after(() => directory?.remove())

  for (const flags of [[], ['-mtls']]) {
    it(`starts our SQLite plugin and calls it, ${flags.length > 0 ? 'with' : 'without'} AutoMTLS`, async () => {
      const file = directory.file(`go${flags.length}.db`)
      const database = sqliteFile(file, 'CREATE TABLE towns (id INTEGER PRIMARY KEY, name TEXT)')
      database.close()
      const host = new GoHost(go!, sqlitePlugin(), flags)
      const { version, pid } = await host.next<{ version: number; pid: number }>('started')
      assert.equal(version, 2)
      const info = await host.call<{ name: string; roles: string[] }>('Plugin', 'GetInfo')
      assert.deepEqual(info.roles, ['ROLE_DB', 'ROLE_CACHE'])
      await host.call('DBPlugin', 'InitConnection', { uri: `sqlite://${file}`, connectionName: 'go' })
      const rows = Buffer.from('[{"id":9007199254740993,"name":"Bergen"}]').toString('base64')
      const columns = ['id', 'name']
      const made = await host.call<{ affected: string }>('DBPlugin', 'TableCreate', {
        table: 'towns',
        rows,
        rowCount: 1,
        columns,
      })
      assert.equal(made.affected, '1')
      const found = await host.call<{ rows: string }>('DBPlugin', 'TableGet', { table: 'towns' })
      assert.equal(Buffer.from(found.rows, 'base64').toString(), '[{"id":9007199254740993,"name":"Bergen"}]')
      const failed = await host.fail('DBPlugin', 'TableGet', { table: 'twons' })
      assert.match(failed.text, /NotFound/)
      assert.equal(failed.trailer, 1, 'easyrest-error-bin')
      const killed = await host.kill()
      assert.ok(killed.exited && killed.ms < 2000, `the plugin took ${killed.ms} ms to end`)
      assert.ok(!isRunning(pid))
    })
  }
})

const entry = ({ plugin, env }: GoPrograms, tls: string): object => ({ uri: 'go://any', path: plugin, env, tls })
