import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning } from '../../support/is-running.js'
import type { TestServer } from '../../support/start-server.js'
import { until } from '../../support/until.js'
import type { KvServer } from '../kv-server.js'
import { httpClient } from './http-client.js'
import { isLinearizable } from './is-linearizable.js'
import { runClients } from './run-clients.js'

export interface HistorySize {
  /** Of each client. */
  readonly operations: number
  readonly kills: number
}

/** Eight clients on 2,000 keys, through two servers on one database whose plugins are killed meanwhile. */
export function checkHistories(
  database: string,
  { operations, kills }: HistorySize,
  start: (t: TestContext) => Promise<readonly KvServer[]>,
  skip: string | false = false,
): void {
  describe(`What eight clients see on ${database}`, { skip, timeout: 600_000 }, () => {
    it('B012 has an order, with plugins killed: no write is lost, none happens twice, no condition is passed by two', async (t) => {
      const servers = (await start(t)).map(({ server }) => server)
      const clients = Array.from({ length: 8 }, () => httpClient(servers))
      let running = true
      const load = runClients({ clients, operations, keys: 2000 }).finally(() => {
        running = false
      })
      const [histories, killed] = await Promise.all([load, killPlugins(servers, kills, () => running)])
      const broken = [...histories].filter(([, history]) => !isLinearizable(history))
      assert.deepEqual(broken, [], `${broken.length} of ${histories.size} keys have a history that no order explains`)
      const all = [...histories.values()].flat()
      const unknown = all.filter(({ completed }) => completed === Number.POSITIVE_INFINITY).length
      t.diagnostic(`${all.length} operations on ${histories.size} keys, ${killed} kills, ${unknown} of unknown outcome`)
      assert.ok(killed > 0, 'control: no plugin was killed')
      assert.ok(all.length > operations * 4, `control: ${all.length} operations had an answer`)
    })
  })
}

/** Answers how many were killed. */
async function killPlugins(
  servers: readonly TestServer[],
  kills: number,
  isRunningLoad: () => boolean,
): Promise<number> {
  let killed = 0
  for (; killed < kills && isRunningLoad(); killed++) {
    await sleep(killed === 0 ? 100 : 1200)
    const server = servers[killed % servers.length]!
    process.kill(await until(() => readyPid(server), { what: 'a running plugin' }), 'SIGKILL')
  }
  return killed
}

/** The process that the log named last, if it runs. */
function readyPid(server: TestServer): number | undefined {
  const lines = server.log().split('\n')
  const { pid } = JSON.parse(lines.findLast((text) => text.includes('docs: ready')) ?? '{}') as { pid?: number }
  return pid !== undefined && isRunning(pid) ? pid : undefined
}
