import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openPlugin } from '../support/open-plugin.js'
import type { DatabaseServer } from '../support/servers/database-server.js'
import { startPostgres } from '../support/servers/start-postgres.js'
import { whyNoServer } from '../support/servers/why-no-server.js'

describe('The cache table of PostgreSQL', { skip: whyNoServer('postgres') }, () => {
  let server: DatabaseServer
  before(async () => {
    server = await startPostgres()
  })
  after(() => server?.stop())

  it('is in the first schema of search_path', async (t) => {
    const database = await server.createDatabase('CREATE SCHEMA app')
    const { cache } = await openPlugin(t, `${database.uri}?search_path=app,public`, { role: 'cache' })
    await cache.set({ key: 'k', value: 'v', ttlMs: 60_000 })
    assert.equal((await cache.get({ key: 'k' })).value, 'v')
    assert.deepEqual(await database.sql('SELECT key, value FROM app.easyrest_cache'), [{ key: 'k', value: 'v' }])
    await cache.delete({ key: 'k' })
    assert.equal((await cache.get({ key: 'k' })).value, undefined)
  })

  it('may be there already, for a user who may not make it', async (t) => {
    const database = await server.createDatabase(`CREATE SCHEMA kept;
      CREATE TABLE kept.easyrest_cache (key text PRIMARY KEY, value text, expires_at timestamptz);
      REVOKE CREATE ON SCHEMA kept FROM CURRENT_USER`)
    const { cache } = await openPlugin(t, `${database.uri}?search_path=kept`, { role: 'cache' })
    await cache.set({ key: 'k', value: 'v', ttlMs: 60_000 })
    assert.equal((await cache.get({ key: 'k' })).value, 'v')
  })
})
