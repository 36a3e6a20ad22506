import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { askPid, pidConfig } from '../support/pid-connection.js'
import { startServer } from '../support/start-server.js'
import { startWorkers, workersOf } from '../support/start-workers.js'
import { until } from '../support/until.js'

const hasPidof = spawnSync('pidof', ['-x', 'sh']).error === undefined

describe('The server process', () => {
  it('is found by pidof, alone of its kind', { skip: hasPidof ? false : 'there is no pidof here' }, async (t) => {
    const server = await startServer({ config: (directory) => pidConfig(directory, 'pid://one') })
    t.after(() => server.stop())
    const { pid } = await askPid(server)
    const found = await until(() => pidsOf('easyrest-server').includes(server.pid) && pidsOf('easyrest-server'), {
      what: 'pidof to find the server',
    })
    assert.ok(!found.includes(pid), 'a plugin must not get the signals meant for the server')
    assert.ok(!pidsOf('easyrest-nobody').includes(server.pid), 'control: another name does not find it')
  })

  it('is found without its workers', { skip: hasPidof ? false : 'there is no pidof here' }, async (t) => {
    const server = await startWorkers(t, { workers: 2 })
    const found = pidsOf('easyrest-server')
    assert.ok(found.includes(server.pid))
    assert.deepEqual(
      workersOf(server).filter((pid) => found.includes(pid)),
      [],
    )
    const workers = pidsOf('easyrest-worker')
    assert.ok(
      workersOf(server).every((pid) => workers.includes(pid)),
      'control: they have a name of their own',
    )
  })
})

function pidsOf(name: string): number[] {
  return spawnSync('pidof', [name], { encoding: 'utf8' }).stdout.trim().split(/\s+/).filter(Boolean).map(Number)
}
