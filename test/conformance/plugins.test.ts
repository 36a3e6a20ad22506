import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CheckOptions, checkPlugin, checks, resultText } from '@easyrest/conformance'
import { mysqlPlugin, postgresPlugin, redisPlugin, repositoryPath, sqlitePlugin } from '../support/repository-path.js'
import { startMariadb } from '../support/servers/start-mariadb.js'
import { startPgbouncer } from '../support/servers/start-pgbouncer.js'
import { startPostgres } from '../support/servers/start-postgres.js'
import { startRedis } from '../support/servers/start-redis.js'
import { startRedisCluster } from '../support/servers/start-redis-cluster.js'
import { whyNoFaults, whyNoServer } from '../support/servers/why-no-server.js'
import { temporaryDirectory } from '../support/temporary-directory.js'
import { readSeed, seededSqlite, seedSql } from './support.js'

test('the SQLite plugin passes every check', async (t) => {
  const directory = await temporaryDirectory()
  t.after(() => directory.remove())
  const options = { program: sqlitePlugin(), uri: seededSqlite(directory), seed: readSeed('sqlite') }
  // SQLite has neither, and finds names in any case.
  assert.deepEqual(without(await skippedBy(options), /capability (functions|exact_names)/), [])
})

test('the PostgreSQL plugin passes every check', { skip: whyNoServer('postgres') }, async (t) => {
  const server = await startPostgres()
  t.after(() => server.stop())
  const { uri } = await server.createDatabase(seedSql('postgres'))
  assert.deepEqual(await skippedBy({ program: postgresPlugin(), uri, seed: readSeed('postgres') }), [])
})

test('the PostgreSQL plugin passes what depends on its connections through PgBouncer, too', {
  skip: whyNoFaults('postgres') || whyNoServer('pgbouncer'),
}, async (t) => {
  const server = await startPostgres()
  t.after(() => server.stop())
  const pgbouncer = await startPgbouncer(server, { default_pool_size: '5' })
  t.after(() => pgbouncer.stop())
  const uri = pgbouncer.uriOf(await server.createDatabase(seedSql('postgres')))
  const only = ['upsert', 'transaction', 'precondition', 'context', 'functions', 'stream', 'session', 'load.cancel']
  const options = { program: postgresPlugin(), uri: `${uri}?prepared=false`, seed: readSeed('postgres'), only }
  const { results } = await checkPlugin(options)
  assert.deepEqual(results.filter(({ outcome }) => outcome !== 'passed').map(resultText), [])
  assert.ok(results.length > 40)
})

test('the MySQL plugin passes every check on MariaDB', { skip: whyNoServer('mysql') }, async (t) => {
  const server = await startMariadb()
  t.after(() => server.stop())
  const { uri } = await server.createDatabase(seedSql('mysql'))
  const reasons = await skippedBy({ program: mysqlPlugin(), uri, seed: readSeed('mysql') })
  // The rows of a procedure cannot be selected from.
  assert.deepEqual(without(reasons, /capability function_filters/), [])
})

test('the in-memory example passes every check of what it names', async () => {
  const program = repositoryPath('plugins/examples/memory/bin/easyrest-plugin-memory.js')
  const reasons = await skippedBy({ program, uri: 'memory://', seed: readSeed('memory') })
  assert.deepEqual(without(reasons, /role cache|capability|the seed/), [])
})

test('the LRU plugin passes every check of a cache', async () => {
  const program = repositoryPath('plugins/lru/bin/easyrest-plugin-lru.js')
  const reasons = await skippedBy({ program, uri: 'lru://?size=100000' })
  assert.deepEqual(without(reasons, /role db|no seed|the offer of TLS/), [])
})

test('the Redis plugin passes every check of a cache', { skip: whyNoServer('redis') }, async (t) => {
  const redis = await startRedis()
  t.after(() => redis.stop())
  const reasons = await skippedBy({ program: redisPlugin(), uri: redis.uri })
  assert.deepEqual(without(reasons, /role db|no seed|the offer of TLS/), [])
})

test('so it does with Redis Cluster', { skip: whyNoFaults('redis') }, async (t) => {
  const cluster = await startRedisCluster()
  t.after(() => cluster.stop())
  const reasons = await skippedBy({ program: redisPlugin(), uri: cluster.uri })
  assert.deepEqual(without(reasons, /role db|no seed|the offer of TLS/), [])
})

/** Why checks did not apply. Fails when a check did. */
const skippedBy = async (options: CheckOptions): Promise<string[]> => {
  const { results } = await checkPlugin(options)
  assert.deepEqual(results.filter(({ outcome }) => outcome === 'failed').map(resultText), [])
  assert.equal(results.length, checks.length)
  assert.ok(results.some(({ outcome }) => outcome === 'passed'))
  return results.flatMap(({ outcome, reason }) => (outcome === 'skipped' ? [reason!] : []))
}

const without = (reasons: readonly string[], known: RegExp): string[] => reasons.filter((reason) => !known.test(reason))
