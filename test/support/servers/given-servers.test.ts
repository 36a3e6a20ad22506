import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { type ServerKind, serverKinds } from './server-kinds.js'
import { startMariadb } from './start-mariadb.js'
import { startPostgres } from './start-postgres.js'
import { startRedis } from './start-redis.js'
import { whyNoFaults } from './why-no-server.js'

describe('A server that the environment names', () => {
  const kinds = [
    {
      kind: 'postgres',
      start: startPostgres,
      grant: 'ALTER ROLE easyrest CREATEDB',
      list: 'SELECT datname FROM pg_database',
    },
    { kind: 'mysql', start: startMariadb, grant: 'GRANT ALL ON *.* TO easyrest', list: 'SHOW DATABASES' },
  ] as const
  for (const { kind, start, grant, list } of kinds) {
    it(`gets databases that are gone afterwards: ${kind}`, { skip: whyNoFaults(kind) }, async (t) => {
      const server = await start()
      t.after(() => server.stop())
      await server.sql(grant)
      const { uri, sql } = await server.createDatabase()
      const before = await sql(list)
      await withGiven(kind, uri, async () => {
        const given = await start()
        await (await given.createDatabase('CREATE TABLE t (n INTEGER)')).sql('SELECT n FROM t')
        assert.equal((await sql(list)).length, before.length + 1)
        await given.stop()
      })
      assert.deepEqual(await sql(list), before)
    })
  }

  it('gives an empty database and has it back empty: Redis', { skip: whyNoFaults('redis') }, async (t) => {
    const server = await startRedis()
    t.after(() => server.stop())
    await server.client.set('here', '0')
    await server.client.select(1)
    await server.client.set('here', '1')
    await withGiven('redis', server.uri, async () => {
      const given = await startRedis()
      assert.match(given.uri, /\/2$/)
      await given.client.set('there', '2')
      await given.stop()
    })
    assert.equal(await server.client.get('here'), '1')
    await server.client.select(2)
    assert.equal(await server.client.dbsize(), 0)
  })

  it('is not harmed', async () => {
    await withGiven('postgres', 'postgres://elsewhere/', async () => {
      assert.match(String(whyNoFaults('postgres')), /EASYREST_TEST_POSTGRES_URI is not ours/)
    })
  })
})

describe('A server that is missing', () => {
  const ask = (env: NodeJS.ProcessEnv): string => {
    const module = new URL('./why-no-server.js', import.meta.url)
    const program = `const { whyNoServer } = await import('${module}'); console.log(whyNoServer('redis'))`
    const args = ['--input-type=module', '-e', program]
    return execFileSync(process.execPath, args, { env, encoding: 'utf8', stdio: 'pipe' })
  }

  it('is a reason to skip, which says how to get it', () => {
    const reason = ask({ PATH: '/nowhere' })
    assert.match(
      reason,
      /^Redis is missing \(redis-server\): install the Debian package redis-server .*EASYREST_TEST_REDIS_URI\n$/,
    )
  })

  it('is a failure in CI', () => {
    assert.throws(() => ask({ PATH: '/nowhere', CI: 'true' }), /CI=true, and Redis is missing/)
  })

  it('is no matter where another is named', () => {
    assert.equal(ask({ PATH: '/nowhere', CI: 'true', EASYREST_TEST_REDIS_URI: 'redis://127.0.0.1' }), 'false\n')
  })
})

async function withGiven(kind: ServerKind, uri: string, work: () => Promise<void>): Promise<void> {
  const variable = serverKinds[kind].variable!
  process.env[variable] = uri
  try {
    await work()
  } finally {
    delete process.env[variable]
  }
}
