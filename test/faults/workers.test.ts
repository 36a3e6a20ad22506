import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forRun } from '@easyrest/protocol/testing'
import { isRunning } from '../support/is-running.js'
import { askPid, authorization, pidConfig, pidTarget } from '../support/pid-connection.js'
import type { TestServer } from '../support/start-server.js'
import { clientsOf, startWorkers, workersOf } from '../support/start-workers.js'
import type { StickyClient } from '../support/sticky-client.js'
import { until } from '../support/until.js'

const kills = forRun(4, 40)

describe('A worker that is killed under load', { timeout: 300_000 }, () => {
  it(`fails no request of the others, ${kills} times, and is replaced`, async (t) => {
    const server = await startWorkers(t, { workers: 2 })
    let [count, lostInAll] = [0, 0]
    for (let round = 1; round <= kills; round++) {
      // New ones: those whose worker was killed are with the other now.
      const traffic = new Traffic(await clientsOf(t, server, 8))
      const victim = workersOf(server)[round % 2]!
      await until(() => traffic.count > 50, { what: 'traffic' })
      const lost = await traffic.during(async () => {
        process.kill(victim, 'SIGKILL')
        await until(() => workersOf(server).length === 2 && !workersOf(server).includes(victim), { what: 'another' })
        await until(() => served(server) === 2 + round, { what: 'the next worker to serve', timeoutMs: 20_000 })
      })
      assert.ok(lost.length > 0, 'control: the kill was noticed by somebody')
      assert.equal(
        new Set(lost.map(({ worker }) => worker)).size,
        1,
        `only those of one worker: ${JSON.stringify(lost)}`,
      )
      const each = new Set(lost.map(({ client }) => client))
      assert.equal(each.size, lost.length, `each once, for the request in flight: ${JSON.stringify(lost)}`)
      await traffic.end()
      count += traffic.count
      lostInAll += lost.length
      assert.match(server.log(), new RegExp(`worker [12] \\(pid ${victim}\\) ended by itself \\(SIGKILL\\)`))
    }
    t.diagnostic(`${count} requests, ${lostInAll} lost with ${kills} workers`)
  })

  it('leaves no new connection without an answer', async (t) => {
    const server = await startWorkers(t, { workers: 2 })
    let [done, answered, broken] = [false, 0, 0]
    const hung: string[] = []
    const arrivals = Array.from({ length: 16 }, async () => {
      while (!done) {
        await server.request(pidTarget(), { headers: [authorization()] }).then(
          () => answered++,
          (error: Error) => {
            if (/no answer within/.test(error.message)) hung.push(error.message)
            else broken++
          },
        )
      }
    })
    for (let round = 1; round <= kills; round++) {
      await sleep(300)
      process.kill(workersOf(server)[round % 2]!, 'SIGKILL')
      await until(() => served(server) === 2 + round, { what: 'the next worker to serve', timeoutMs: 20_000 })
    }
    done = true
    await Promise.all(arrivals)
    t.diagnostic(`${answered} connections answered, ${broken} broken by ${kills} kills`)
    assert.ok(answered > kills * 10, 'control: connections came all the time')
    assert.deepEqual(hung, [])
  })

  it('does not hold up a reload, dead or stopped', async (t) => {
    const server = await startWorkers(t, { workers: 2 }, { limits: { start_timeout: '2s' } })
    const [stopped = 0] = workersOf(server)
    process.kill(stopped, 'SIGSTOP')
    t.after(() => isRunning(stopped) && process.kill(stopped, 'SIGKILL'))
    await server.writeConfig({ ...(await pidConfig(server.directory, 'pid://two')), workers: 2 })
    server.signal('SIGHUP')
    const line = await server.logLine(/worker [12] is ended: it did not answer/, 30_000)
    assert.match(line, new RegExp(`"pid":${stopped}`))
    await server.logLine(/configuration reloaded/)
    await until(() => served(server) === 3, { what: 'its successor', timeoutMs: 20_000 })
    for (const client of await clientsOf(t, server, 6)) {
      assert.match((await client.get(pidTarget())).body, /pid:\/\/two/)
    }
  })
})

describe('A plugin that is killed', { timeout: 120_000 }, () => {
  it('comes back for every worker, and a read in flight is answered by its successor', async (t) => {
    const server = await startWorkers(t, { workers: 2 })
    const clients = await clientsOf(t, server, 8)
    for (let round = 1; round <= 3; round++) {
      const { pid } = await askPid(server)
      const slow = clients.map((client) => client.get(pidTarget(500)))
      await sleep(200)
      process.kill(pid, 'SIGKILL')
      const answers = await Promise.all(slow)
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]), server.log())
      assert.equal(new Set(answers.map(({ worker }) => worker)).size, 2, 'both workers')
      assert.ok(!answers.some(({ body }) => body.includes(`"pid":${pid}`)), 'control: not by the one that was killed')
      // A process that was healthy for less than a second has to wait for its next start.
      await sleep(1500)
    }
    assert.equal(server.log().match(/ended by itself/g)?.length, 3)
  })
})

interface Lost {
  readonly client: number
  readonly worker: string | undefined
  readonly reason: string
}

/** Clients that ask as fast as they are answered; what fails is noted, and asked again. */
class Traffic {
  count = 0
  readonly lost: Lost[] = []
  private done = false
  private readonly running: Promise<unknown>

  constructor(clients: readonly StickyClient[]) {
    this.running = Promise.all(clients.map((client, index) => this.run(client, index)))
  }

  async during(step: () => Promise<void>): Promise<Lost[]> {
    const before = this.lost.length
    await step()
    return this.lost.slice(before)
  }

  async end(): Promise<void> {
    this.done = true
    await this.running
  }

  private async run(client: StickyClient, index: number): Promise<void> {
    while (!this.done) {
      const { worker } = client
      try {
        const { status, body } = await client.get(pidTarget(5))
        // A busy machine makes event loops late; that is an answer, and no one's kill.
        if (status !== 200 && !body.includes('"overloaded"'))
          this.lost.push({ client: index, worker, reason: `${status}: ${body}` })
        this.count++
      } catch (error) {
        this.lost.push({ client: index, worker, reason: (error as Error).message })
      }
    }
  }
}

function served(server: TestServer): number {
  return server.log().match(/worker \d+ serves/g)?.length ?? 0
}
