import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isLongRun } from '@easyrest/protocol/testing'
import { anyAdminPort, askAdmin, metric } from '../support/admin.js'
import { fixtureProgram } from '../support/fixture-program.js'
import { openLoad } from '../support/open-load.js'
import { pidTarget } from '../support/pid-connection.js'
import { processResources } from '../support/process-resources.js'
import { countsOf, settled } from '../support/settled.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { secondsFromNow } from '../support/token.js'

/** The long run is the promise: 100 reloads in 60 s at 300 requests/s. */
const [reloads, seconds, perSecond] = isLongRun ? [100, 60, 300] : [12, 6, 150]
// A short run has hardly warmed up.
const maxGrowth = isLongRun ? 10 : 32

describe('Reloads under load', { timeout: 180_000 }, () => {
  let server: TestServer
  let token: string
  let configs: object[]

  before(async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    token = es256({ scope: 'read', exp: secondsFromNow(3600) }, privateKey)
    server = await startServer({
      env: { ER_TOKEN_SECRET: '' },
      config: async (directory) => {
        await writeFile(directory.file('key.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
        const path = await fixtureProgram('pid-plugin', directory)
        configs = [
          config(path, 'pid://one', 'a'),
          config(path, 'pid://one', 'a', { public: { table: ['any'] } }),
          config(path, 'pid://two', 'a'),
          config(path, 'pid://two', 'b'),
        ]
        return configs[0]!
      },
    })
  })
  after(() => server?.stop())

  const load = (duration: number) =>
    openLoad({
      origin: server.origin,
      target: pidTarget(20),
      headers: [['Authorization', `Bearer ${token}`]],
      perSecond,
      seconds: duration,
    })

  const reloadTimes = async (count: number, duration: number): Promise<void> => {
    const started = performance.now()
    for (let round = 1; round <= count; round++) {
      await sleep(Math.max(0, started + (round * duration * 1000) / (count + 1) - performance.now()))
      await server.writeConfig(configs[round % configs.length]!)
      server.signal('SIGHUP')
    }
  }

  it(`${reloads} times in ${seconds} s at ${perSecond} requests/s fail no request and leave nothing behind`, async (t) => {
    // Code is compiled and buffers are made by then.
    await Promise.all([load(isLongRun ? 10 : 3), reloadTimes(configs.length * 2, isLongRun ? 10 : 3)])
    const before = await settled(server)
    const alone = isLongRun ? await load(10) : undefined

    const [result] = await Promise.all([load(seconds), reloadTimes(reloads, seconds)])
    t.diagnostic(`answers ${JSON.stringify(result.statuses)}, 200 after ms ${JSON.stringify(result.latency)}`)
    if (alone !== undefined) t.diagnostic(`without reloads, 200 after ms ${JSON.stringify(alone.latency)}`)
    assert.equal(result.failed, 0, result.firstFailure)
    assert.deepEqual(result.statuses, { 200: perSecond * seconds })
    // Signals that come while a reload runs share the next one.
    const done = await metric(server, 'easyrest_config_reload_total')
    t.diagnostic(`${done} reloads for ${reloads + configs.length * 2} signals`)
    assert.ok(done >= reloads / 2, `${done} reloads only`)
    assert.equal(await metric(server, 'easyrest_config_reload_failed_total'), 0)

    const after = await settled(server)
    t.diagnostic(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`)
    assert.deepEqual(countsOf(after), countsOf(before))
    assert.ok(after.megabytes - before.megabytes <= maxGrowth, `the server grew from ${before.megabytes} MB`)
  })

  it('would show what a reload left behind (control)', async () => {
    const before = await settled(server)
    // A request of the old snapshot holds the old process.
    const slow = server.request(pidTarget(3000), { headers: [['Authorization', `Bearer ${token}`]] })
    await sleep(200)
    await server.writeConfig({ ...configs[0], plugins: { p: { ...pluginOf(configs[0]!), uri: 'pid://other' } } })
    assert.equal((await askAdmin(server, '/-/reload', { method: 'POST' })).status, 200)
    const during = await processResources(server.pid)
    assert.equal(during.children, before.children + 1)
    assert.ok(during.descriptors > before.descriptors)
    assert.equal((await slow).status, 200)
    assert.deepEqual(countsOf(await settled(server)), countsOf(before))
  })

  it('would show requests that fail (control)', async () => {
    const [result] = await Promise.all([
      load(2),
      sleep(1000).then(async () => {
        const { connections } = (await askAdmin(server, '/-/status')).json() as { connections: { pid: number }[] }
        process.kill(connections[0]!.pid, 'SIGSTOP')
        await sleep(300)
        server.signal('SIGKILL')
        process.kill(connections[0]!.pid, 'SIGKILL')
      }),
    ])
    assert.ok(result.failed > 0)
  })
})

function config(path: string, uri: string, secret: string, settings: object = {}): object {
  return {
    admin: anyAdminPort,
    // Verifies other tokens than the one of the load, and is another one each time: verified tokens are forgotten.
    token_secret: secret.repeat(40),
    auth_plugins: { jwt: { settings: { keys: [{ file: 'key.pem' }] } } },
    plugins: { p: { uri, path, ...settings } },
  }
}

function pluginOf(config: object): object {
  return (config as { plugins: { p: object } }).plugins.p
}

function es256(claims: object, key: Parameters<typeof sign>[2] & object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const content = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`
  const signature = sign('sha256', Buffer.from(content), { key: key as never, dsaEncoding: 'ieee-p1363' })
  return `${content}.${signature.toString('base64url')}`
}
