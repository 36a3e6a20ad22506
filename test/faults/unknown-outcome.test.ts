import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type CachedServers,
  getItem,
  isFromCache,
  item,
  setItem,
  startCachedServers,
  tagOf,
  untilFromCache,
} from '../support/cached-servers.js'
import { authorization } from '../support/pid-connection.js'
import type { TestServer } from '../support/start-server.js'

describe('A write whose outcome is not known', { timeout: 120_000 }, () => {
  let cached: CachedServers
  let server: TestServer

  before(async () => {
    cached = await startCachedServers([{ limits: { timeout: '1s' } }])
    ;[server] = cached.servers as [TestServer]
  })
  after(() => cached?.stop())

  it('is taken for done, now and for as long as it may still be', async () => {
    const tag = await tagOf(server)
    await untilFromCache(server, tag)
    const pid = await databasePid(server)
    process.kill(pid, 'SIGSTOP')
    await assert.rejects(setItem(server, 100), /504/)
    process.kill(pid, 'SIGCONT')
    const end = performance.now() + 800
    while (performance.now() < end) {
      const answer = await getItem(server, tag)
      assert.ok(!isFromCache(answer), 'expected the database to be asked')
      await sleep(20)
    }
    await untilFromCache(server, await tagOf(server))
  })

  it('is another than one that was refused (control)', async () => {
    const tag = await tagOf(server)
    await untilFromCache(server, tag)
    const refused = await server.request('/api/t/items/', {
      method: 'POST',
      headers: [authorization(), ['Content-Type', 'application/json']],
      body: '{"id":1,"n":1}',
    })
    assert.equal(refused.status, 409)
    const dry = await setItem(server, 200, [['Prefer', 'tx=rollback']])
    assert.equal(dry.header('preference-applied'), 'tx=rollback, timezone=UTC')
    assert.ok(isFromCache(await getItem(server, tag)), `nothing of ${item} has changed`)
  })
})

async function databasePid(server: TestServer): Promise<number> {
  const line = await server.logLine(/"connection":"t",.*"msg":"t: ready/)
  return (JSON.parse(line) as { pid: number }).pid
}
