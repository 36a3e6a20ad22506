import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { isLongRun } from '@easyrest/protocol/testing'
import { adminOrigin, anyAdminPort, metric } from '../support/admin.js'
import { allReady } from '../support/all-ready.js'
import { send } from '../support/http.js'
import { Issuer } from '../support/issuer.js'
import { pidConfig } from '../support/pid-connection.js'
import { startServer, type TestServer } from '../support/start-server.js'
import { signToken } from '../support/token.js'
import { until } from '../support/until.js'

for (const workers of [1, 2]) {
  describe(`jwks_url, ${workers === 1 ? 'one process' : 'two workers'}`, () => {
    it('opens the door to tokens of the issuer, beside those of the own secret', async (t) => {
      const { issuer, server } = await start(t, { workers })
      assert.equal(await statusFor(server, issuer.token('a', rights)), 200)
      assert.equal(
        await statusFor(server, signToken({ ...rights, aud: undefined })),
        401,
        'control: this one is made for nobody',
      )
      assert.equal(await statusFor(server, signToken(rights)), 200)
      assert.equal(await statusFor(server, issuer.token('b', rights)), 401, 'a key that is not published')
      assert.equal(await statusFor(server, issuer.token('a', { ...rights, aud: 'other' })), 401)
      // Once in each process, whatever strangers send.
      const asked = issuer.asked
      for (let i = 0; i < 20; i++) await statusFor(server, issuer.token(`stranger-${i}`, rights))
      assert.ok(issuer.asked <= asked + workers, `asked ${issuer.asked} times`)
    })

    it('lives through an outage of the issuer, a reload included', async (t) => {
      const { issuer, server, config } = await start(t, { workers })
      assert.equal(await statusFor(server, issuer.token('a', rights)), 200)
      await issuer.close()
      await server.writeConfig({ ...config, default_limit: 7 })
      assert.equal((await reload(server)).status, 200)
      assert.equal(await statusFor(server, issuer.token('a', rights)), 200)

      await server.writeConfig(withKeysAt(config, 'https://localhost:1/keys'))
      const refused = await reload(server)
      assert.equal(refused.status, 422)
      assert.match(refused.text(), /jwks_url: the keys at https:\/\/localhost:1\/keys cannot be had/)
      assert.equal(await statusFor(server, issuer.token('a', rights)), 200)
    })

    it('says 503 and not 401 while nobody can say that a token is bad', async (t) => {
      const { issuer, server } = await start(t, { workers, isDown: true })
      const answer = await ask(server, issuer.token('a', rights))
      assert.deepEqual([answer.status, answer.header('retry-after')], [503, '1'])
      assert.equal(await statusFor(server, 'rubbish'), 401)
      assert.equal(await statusFor(server, signToken(rights)), 200)
      await server.logLine(/the keys at https:.* cannot be fetched: .*answered 503/)
      await issuer.open()
      await until(async () => (await statusFor(server, issuer.token('a', rights))) === 200, { what: 'the keys' })
      assert.ok((await metric(server, 'easyrest_key_fetch_failures_total')) > 0)
    })
  })
}

it('notices a new key of the issuer', { skip: !isLongRun && 'half a minute: in npm run test:faults' }, async (t) => {
  const { issuer, server } = await start(t, {})
  issuer.publish('b')
  const changed = async () => (await statusFor(server, issuer.token('b', rights))) === 200
  await until(changed, { what: 'the new key', timeoutMs: 60_000 })
  assert.equal(await statusFor(server, issuer.token('a', rights)), 401, 'the old one is withdrawn')
})

const rights = { sub: 'someone', scope: 'read', aud: 'api' }

interface Started {
  readonly issuer: Issuer
  readonly server: TestServer
  readonly config: object
}

async function start(t: TestContext, { isDown = false, ...more }: { isDown?: boolean; workers?: number }) {
  const issuer = new Issuer()
  issuer.publish('a')
  await issuer.open()
  t.after(() => issuer.close())
  if (isDown) await issuer.close()
  let config = {}
  const server = await startServer({
    config: async (directory) => {
      const connection = await pidConfig(directory, 'pid://one')
      config = withKeysAt({ ...connection, ...more, admin: anyAdminPort }, issuer.url)
      return config
    },
    env: (directory) => issuer.environment(directory),
  })
  t.after(() => server.stop())
  await server.logLine(/listening on http/, 15_000)
  await allReady(server, ['p'])
  return { issuer, server, config } satisfies Started
}

const withKeysAt = (config: object, url: string): object => ({
  ...config,
  auth_plugins: { jwt: { settings: { jwks_url: url, audience: 'api' } } },
})

const ask = (server: TestServer, token: string) =>
  server.request('/api/p/t/', { headers: [['Authorization', `Bearer ${token}`]] })

const statusFor = async (server: TestServer, token: string): Promise<number> => (await ask(server, token)).status

const reload = async (server: TestServer) =>
  send({ origin: await adminOrigin(server), target: '/-/reload', method: 'POST' })
