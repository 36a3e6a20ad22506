import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { anyAdminPort, askAdmin, metric } from '../support/admin.js'
import { commandOf } from '../support/command-of.js'
import { childrenOf, isRunning } from '../support/is-running.js'
import { askPid, pidConfig, pidTarget } from '../support/pid-connection.js'
import { repositoryPath } from '../support/repository-path.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { clientsOf, startWorkers, workersOf } from '../support/start-workers.js'
import type { StickyClient } from '../support/sticky-client.js'
import { until } from '../support/until.js'

describe('Workers', { timeout: 120_000 }, () => {
  it('share the connections of clients, under a name of their own', async (t) => {
    const server = await startWorkers(t, { workers: 2 })
    const shares = [...group(await clientsOf(t, server, 16)).values()].map(({ length }) => length)
    assert.equal(shares.length, 2)
    assert.ok(Math.min(...shares) >= 4, `expected about the same, got ${shares}`)
    const workers = workersOf(server)
    assert.equal(workers.length, 2)
    assert.equal(commandOf(server.pid), 'easyrest-server')

    const alone = await startWorkers(t, {})
    assert.equal(group(await clientsOf(t, alone, 8)).size, 1, 'control: one process answers all')
    assert.deepEqual(workersOf(alone), [])
  })

  it('say what they do where operators ask', async (t) => {
    const server = await startWorkers(t, { workers: 2, admin: anyAdminPort })
    const clients = await clientsOf(t, server, 4)
    await Promise.all(clients.map((client) => client.get(pidTarget())))
    assert.equal(
      await metric(server, 'easyrest_http_requests_total{connection="p",route="table",method="GET",status="200"}'),
      8,
    )
    assert.equal(await metric(server, 'easyrest_plugin_up{connection="p"}'), 1)
    assert.equal(await metric(server, 'easyrest_config_generation'), 1)

    const slow = Promise.all(clients.map((client) => client.get(pidTarget(1500))))
    const status = await until(
      async () => {
        const seen = (await askAdmin(server, '/-/status')).json() as Status
        return seen.requestsInFlight === 4 && seen
      },
      { what: 'four requests to be in flight' },
    )
    assert.equal(status.connections[0]?.inFlight, 4)
    assert.deepEqual(status.workers.map(({ pid }) => pid).sort(), workersOf(server).sort())
    for (const { state, generation } of status.workers) assert.deepEqual([state, generation], ['serving', 1])
    // Which worker gets how many connections is cluster's business.
    const shares = [...group(clients).values()].map((served) => served.length)
    const inFlight = status.workers.map(({ requestsInFlight }) => requestsInFlight).filter((count) => count > 0)
    assert.deepEqual(inFlight.sort(), shares.sort())
    assert.equal((await askAdmin(server, '/readyz')).status, 200)
    await slow
  })

  it('divide the limits of a connection among them', async (t) => {
    const settings = { limits: { in_flight: 4, queue: 0 } }
    const server = await startWorkers(t, { workers: 2 }, settings)
    const [some = [], others = []] = group(await clientsOf(t, server, 8)).values()
    const mine = (some.length > others.length ? some : others).slice(0, 3)
    assert.deepEqual(await statuses(mine, 1000), [200, 200, 503], 'one of two workers has half of the four')

    const alone = await startWorkers(t, {}, settings)
    assert.deepEqual(await statuses((await clientsOf(t, alone, 3)).slice(0, 3), 1000), [200, 200, 200], 'control')
  })

  it('are given keys and secrets over their pipe only', async (t) => {
    const secret = 'postgres-password-of-the-test'
    const server = await startServer({
      env: { DB_PASSWORD: secret },
      config: async (directory) => ({
        ...(await pidConfig(directory, `pid://user:${secret}@one`)),
        workers: 2,
      }),
    })
    t.after(() => server.stop())
    await askPid(server)
    for (const pid of workersOf(server)) {
      const seen = readFileSync(`/proc/${pid}/environ`, 'latin1') + readFileSync(`/proc/${pid}/cmdline`, 'latin1')
      assert.ok(!seen.includes(secret))
      assert.ok(!seen.includes('ER_TOKEN_SECRET'))
    }
    assert.ok(
      readFileSync(`/proc/${server.pid}/environ`, 'latin1').includes(secret),
      'control: the main process has it',
    )
  })

  it('finish what is in flight when the server stops', async (t) => {
    const server = await startWorkers(t, { workers: 2 })
    const clients = await clientsOf(t, server, 8)
    const { pid: plugin } = await askPid(server)
    const workers = workersOf(server)
    const slow = statuses(clients, 1500)
    await sleep(300)
    server.signal('SIGTERM')
    assert.deepEqual(await slow, Array(8).fill(200))
    assert.deepEqual(await server.exited, { code: 0, signal: null })
    assert.deepEqual([...workers, plugin].filter(isRunning), [])
  })

  it('end at once with the main process', async (t) => {
    const server = await startWorkers(t, { workers: 2 })
    const { pid: plugin } = await askPid(server)
    const all = [...workersOf(server), plugin]
    assert.deepEqual(all.filter(isRunning), all, 'control')
    server.signal('SIGKILL')
    await until(() => !all.some(isRunning), { what: 'workers and plugin to end', timeoutMs: 3000 })
  })

  it('keep the server from starting when they cannot have the socket, and leave nothing behind', async (t) => {
    const first = await startWorkers(t, { workers: 2 })
    const children = childrenOf(first.pid).sort()
    const port = new URL(first.origin).port
    const second = startServer({
      config: (directory) => pidConfig(directory, 'pid://one').then((config) => ({ ...config, workers: 2 })),
      arguments: ['--port', port],
    }).then((server) => {
      t.after(() => server.stop())
      return server
    })
    // GET /health is answered by the first one, so it is the log and the exit that tell.
    const server = await second.catch((error: Error) => error)
    const text = server instanceof Error ? server.message : await server.exited.then(() => server.log())
    assert.match(text, /another program listens there/)
    assert.deepEqual(childrenOf(first.pid).sort(), children, 'the first one is not disturbed')
  })
})

describe('SIGHUP with workers', { timeout: 120_000 }, () => {
  it('under load fails no request, whichever of two configurations comes into force', async (t) => {
    const server = await startWorkers(t, { workers: 2 })
    const clients = await clientsOf(t, server, 8)
    const children = childrenOf(server.pid).length
    const uris = new Set<string>()
    let [done, count] = [false, 0]
    const traffic = clients.map(async (client) => {
      while (!done) {
        const { status, body } = await client.get(pidTarget(10))
        assert.equal(status, 200, body)
        uris.add((JSON.parse(body) as [{ uri: string }])[0].uri)
        count++
      }
    })
    const rounds = (async () => {
      for (let round = 1; round <= 8; round++) {
        const uri = round % 2 === 0 ? 'pid://one' : 'pid://two'
        await server.writeConfig({ ...(await pidConfig(server.directory, uri)), workers: 2 })
        server.signal('SIGHUP')
        await until(() => reloads(server) === round, { what: `round ${round}`, timeoutMs: 15_000 })
        const answers = await Promise.all(clients.map((client) => seenBy(client)))
        assert.deepEqual(new Set(answers), new Set([uri]), 'every worker has the configuration of the log')
      }
    })()
    await rounds.finally(() => {
      done = true
    })
    await Promise.all(traffic)
    t.diagnostic(`${count} requests`)
    assert.deepEqual(uris, new Set(['pid://one', 'pid://two']))
    await until(() => childrenOf(server.pid).length === children, { what: 'the old plugin processes to end' })
  })

  it('changes nothing anywhere when a worker refuses', async (t) => {
    const server = await startWorkers(t, { workers: 2 })
    const before = await askPid(server)
    // The main process has two connections to it, so that it finds nothing wrong.
    const evil = {
      uri: 'fixture://x',
      path: repositoryPath('test/support/plugins/evil-plugin.mjs'),
      env: { EVIL: 'two-connections', MARKS: server.directory.path },
      limits: { start_timeout: '2s' },
    }
    const config = (await pidConfig(server.directory, 'pid://two')) as { plugins: object }
    await server.writeConfig({ workers: 2, plugins: { ...config.plugins, evil } })
    server.signal('SIGHUP')
    const line = await server.logLine(/reload failed/, 30_000)
    assert.match(line, /evil.*cannot connect/)
    const clients = await clientsOf(t, server, 4)
    for (const client of clients) assert.equal(await seenBy(client), 'pid://one')
    assert.equal((await askPid(server)).pid, before.pid)

    await server.writeConfig({ ...config, workers: 2 })
    server.signal('SIGHUP')
    await server.logLine(/configuration reloaded/, 15_000)
    for (const client of clients) assert.equal(await seenBy(client), 'pid://two', 'control: without the evil one')
  })

  it('says that another number of workers needs a restart', async (t) => {
    const server = await startWorkers(t, { workers: 2 })
    await server.writeConfig({ ...(await pidConfig(server.directory, 'pid://one')), workers: 3 })
    server.signal('SIGHUP')
    assert.match(await server.logLine(/configuration reloaded/), /restart needed for: workers/)
    assert.equal(workersOf(server).length, 2)
  })
})

describe('Instances', { timeout: 120_000 }, () => {
  for (const workers of [1, 2]) {
    it(`share the calls, and one that is killed stops none of them: ${workers} workers`, async (t) => {
      const server = await startWorkers(t, { workers, admin: anyAdminPort }, { instances: 2 })
      await until(() => server.log().match(/p: ready/g)?.length === 2, { what: 'both instances to be ready' })
      const pids = new Set(
        await Promise.all(Array.from({ length: 16 }, () => askPid(server, 300).then(({ pid }) => pid))),
      )
      assert.equal(pids.size, 2)
      const status = (await askAdmin(server, '/-/status')).json() as Status
      assert.deepEqual(status.connections[0]?.instances.map(({ pid }) => pid).sort(), [...pids].sort())

      const [victim = 0] = pids
      process.kill(victim, 'SIGKILL')
      const after = await Promise.all(Array.from({ length: 8 }, () => askPid(server).then(({ pid }) => pid)))
      assert.ok(!after.includes(victim))
      const replaced = await until(
        async () => {
          const { connections } = (await askAdmin(server, '/-/status')).json() as Status
          const now = connections[0]?.instances ?? []
          return now.every(({ state }) => state === 'ready') && now.map(({ pid }) => pid)
        },
        { what: 'the killed instance to be replaced' },
      )
      assert.ok(!replaced.includes(victim) && replaced.length === 2)
    })
  }

  it('are one unless the configuration says more', async (t) => {
    const server = await startWorkers(t, {})
    const pids = await Promise.all(Array.from({ length: 8 }, () => askPid(server, 100).then(({ pid }) => pid)))
    assert.equal(new Set(pids).size, 1)
  })
})

interface Status {
  readonly requestsInFlight: number
  readonly workers: readonly { pid: number; state: string; generation: number; requestsInFlight: number }[]
  readonly connections: readonly { inFlight: number; instances: readonly { pid: number; state: string }[] }[]
}

function group(clients: readonly StickyClient[]): Map<string, StickyClient[]> {
  const groups = new Map<string, StickyClient[]>()
  for (const client of clients) groups.set(client.worker ?? '', [...(groups.get(client.worker ?? '') ?? []), client])
  return groups
}

async function statuses(clients: readonly StickyClient[], sleepMs: number): Promise<number[]> {
  const answers = await Promise.all(clients.map((client) => client.get(pidTarget(sleepMs))))
  return answers.map(({ status }) => status).sort()
}

async function seenBy(client: StickyClient): Promise<string> {
  const { status, body } = await client.get(pidTarget())
  assert.equal(status, 200, body)
  return (JSON.parse(body) as [{ uri: string }])[0].uri
}

function reloads(server: TestServer): number {
  return server.log().match(/configuration reloaded/g)?.length ?? 0
}
