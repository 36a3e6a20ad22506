import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { cacheService, type PluginUnderTest, startPlugin } from '@easyrest/plugin/testing'
import { freePort } from '../support/free-port.js'
import { openPlugin } from '../support/open-plugin.js'
import { redisPlugin } from '../support/repository-path.js'
import { certificateFile, keyFile } from '../support/servers/server-certificate.js'
import { startPostgres } from '../support/servers/start-postgres.js'
import { startRedis } from '../support/servers/start-redis.js'
import { startRedisCluster } from '../support/servers/start-redis-cluster.js'
import { startRedisSentinel } from '../support/servers/start-redis-sentinel.js'
import { whyNoFaults } from '../support/servers/why-no-server.js'
import { until } from '../support/until.js'

describe('A connection to Redis', { skip: whyNoFaults('redis') }, () => {
  const open = async (t: TestContext, uri: string) => (await openPlugin(t, uri, { role: 'cache' })).cache
  const keepsValues = async (t: TestContext, uri: string) => {
    const cache = await open(t, uri)
    await cache.set({ key: 'k', value: 'v', ttlMs: 60_000 })
    assert.equal((await cache.get({ key: 'k' })).value, 'v', uri)
    return cache
  }
  /** One that is never connected: after a refusal it may be asked again. */
  let unconnected: PluginUnderTest
  before(async () => {
    unconnected = await startPlugin(redisPlugin())
  })
  after(() => unconnected?.stop())
  /** The message of InitConnection, which must say what to change and never the password. */
  const refusal = async (uri: string): Promise<string> => {
    const message = await unconnected.call(cacheService.InitConnection, { uri, connectionName: 'test' }).then(
      () => assert.fail(`expected a refusal of ${uri}`),
      (error: Error) => error.message,
    )
    for (const secret of ['canary', new URL(uri).password || 'canary']) assert.ok(!message.includes(secret), message)
    return message
  }

  it('says what to change', async (t) => {
    const redis = await startRedis()
    t.after(() => redis.stop())
    const at = `127.0.0.1:${redis.port}`
    await redis.client.call('ACL', 'SETUSER', 'reader', 'on', '>secret', '~*', '+get', '+info', '+select')
    assert.match(await refusal(`redis://:canary@${at}`), /at 127\.0\.0\.1:\d+: it refuses the user or password/)
    assert.match(await refusal(`redis://${at}`), /it wants a password/)
    assert.match(await refusal(`redis://reader:secret@${at}`), /its user lacks a right; ACL SETUSER/)
    assert.match(await refusal(`${redis.uri.replace(/0$/, '99')}`), /it has no database of that number/)
    assert.match(await refusal(`redis://:canary@127.0.0.1:${await freePort()}`), /nothing listens there/)
    assert.match(await refusal('redis://:canary@no.such.host.invalid'), /its name is not known/)
    assert.match(
      await refusal(`${redis.uri.replace('redis:', 'rediss:')}?dial_timeout=500ms`),
      /does not answer in TLS; if/,
    )
    assert.match(await refusal(`${redis.uri}?cluster=true`), /it is no node of Redis Cluster; remove cluster=true/)
    assert.match(await refusal(`redis://:canary@${at}?sise=1`), /unknown option "sise"; valid are db, dial_timeout/)
    redis.process!.pause()
    assert.match(await refusal(`${redis.uri}?read_timeout=300ms`), /it does not answer; see whether it hangs/)
  })

  it('needs the rights that it names, and no others', async (t) => {
    const redis = await startRedis()
    t.after(() => redis.stop())
    const rights = ['+get', '+set', '+del', '+info', '+select', '~shop:easyrest:*']
    await redis.client.call('ACL', 'SETUSER', 'shop', 'on', '>secret', ...rights)
    const cache = await open(t, `redis://shop:secret@127.0.0.1:${redis.port}/1?key_prefix=shop:`)
    await cache.set({ key: 'easyrest:k', value: 'v', ttlMs: 60_000 })
    await redis.client.select(1)
    assert.equal(await redis.client.get('shop:easyrest:k'), 'v')
    await cache.delete({ key: 'easyrest:k' })
    assert.equal((await cache.get({ key: 'easyrest:k' })).value, undefined)
    await assert.rejects(cache.get({ key: 'elsewhere' }), { reason: 'permission' })
  })

  it('is made to a Redis that is full, which still answers what it has', async (t) => {
    const redis = await startRedis()
    t.after(() => redis.stop())
    await redis.client.set('k', 'v')
    await redis.client.config('SET', 'maxmemory', '1')
    const cache = await open(t, redis.uri)
    assert.equal((await cache.get({ key: 'k' })).value, 'v')
    const refused = cache.set({ key: 'other', value: 'v', ttlMs: 60_000 })
    await assert.rejects(refused, { reason: 'unavailable', message: /Redis is full; set its maxmemory-policy/ })
  })

  it('passes over what others keep under its keys', async (t) => {
    const redis = await startRedis()
    t.after(() => redis.stop())
    const cache = await open(t, redis.uri)
    await redis.client.lpush('k', 'of somebody else')
    assert.equal((await cache.get({ key: 'k' })).value, undefined)
    await cache.set({ key: 'k', value: 'v', ttlMs: 60_000 })
    assert.equal((await cache.get({ key: 'k' })).value, 'v')
  })

  it('goes through TLS, to a server that it knows', async (t) => {
    const redis = await startRedis({ tls: true })
    t.after(() => redis.stop())
    await keepsValues(t, `${redis.uri}?ca_file=${certificateFile()}`)
    await keepsValues(t, `${redis.uri}?skip_verify=true`)
    assert.match(await refusal(redis.uri), /does not trust its certificate; name its authority in ca_file/)
    assert.match(await refusal(`${redis.uri}?ca_file=/no/such`), /the file of ca_file .* cannot be read \(ENOENT\)/)
    assert.match(await refusal(redis.uri.replace('rediss:', 'redis:')), /if it speaks TLS, begin the URI with rediss:/)
    const other = redis.uri.replace('127.0.0.1', '127.0.0.2')
    assert.match(
      await refusal(`${other}?ca_file=${certificateFile()}`),
      /nothing listens|its certificate is for other names/,
    )
  })

  it('goes through TLS to a cluster, and to sentinels and what they name', async (t) => {
    const cluster = await startRedisCluster(true)
    t.after(() => cluster.stop())
    await keepsValues(t, `${cluster.uri}&ca_file=${certificateFile()}`)
    const sentinel = await startRedisSentinel(true)
    t.after(() => sentinel.stop())
    await keepsValues(t, `${sentinel.uri}&ca_file=${certificateFile()}`)
    assert.match(
      await refusal(sentinel.uri),
      /no TLS connection comes about; is it TLS that it speaks, and ca_file its authority/,
    )
  })

  it('shows a certificate of its own where one is wanted', async (t) => {
    const settings = { 'tls-auth-clients': 'yes' }
    const redis = await startRedis({ tls: true, settings })
    t.after(() => redis.stop())
    const uri = `${redis.uri}?ca_file=${certificateFile()}`
    await keepsValues(t, `${uri}&cert_file=${certificateFile()}&key_file=${keyFile()}`)
    assert.match(await refusal(uri), /it wants a certificate from its clients/)
  })

  it('finds the nodes of a cluster, and one that was away', async (t) => {
    const cluster = await startRedisCluster()
    t.after(() => cluster.stop())
    const [first] = cluster.nodes
    const cache = await keepsValues(t, cluster.uri)
    const keys = Array.from({ length: 30 }, (_, n) => `key ${n}`)
    const setAll = async () => {
      const set = await Promise.allSettled(keys.map((key) => cache.set({ key, value: key, ttlMs: 60_000 })))
      return set.filter(({ status }) => status === 'fulfilled').length
    }
    assert.equal(await setAll(), keys.length)
    await first!.process.kill()
    assert.ok((await setAll()) < keys.length, 'control: a third of the keys has no node')
    await first!.process.start()
    await until(async () => (await setAll()) === keys.length, { what: 'the node to be used again', timeoutMs: 30_000 })
    assert.match(await refusal(`redis://:${cluster.password}@127.0.0.1:${first!.port}`), /add cluster=true/)
  })

  it('needs no other rights for a cluster than those that it names', async (t) => {
    const cluster = await startRedisCluster()
    t.after(() => cluster.stop())
    const rights = ['+get', '+set', '+del', '+info', '+cluster|slots', '+cluster|info', '~*']
    for (const node of cluster.nodes) {
      const client = node.connect()
      await client.call('ACL', 'SETUSER', 'shop', 'on', '>secret', ...rights)
      client.disconnect()
    }
    await keepsValues(t, cluster.uri.replace(`:${cluster.password}@`, 'shop:secret@'))
  })

  it('follows the sentinels to the next master', async (t) => {
    const sentinel = await startRedisSentinel()
    t.after(() => sentinel.stop())
    const cache = await keepsValues(t, sentinel.uri)
    assert.match(await refusal(sentinel.uri.replace('=main', '=other')), /do not know that master_name/)
    const direct = `redis://:${sentinel.password}@127.0.0.1`
    assert.match(await refusal(`${direct}:${sentinel.sentinel.port}`), /this is a sentinel; add master_name/)
    assert.match(await refusal(`${direct}:${sentinel.replica.port}`), /it is a replica, which cannot be written/)
    await sentinel.master.process.kill()
    const works = () =>
      cache
        .set({ key: 'k', value: 'new', ttlMs: 60_000 })
        .then(() => true)
        .catch(() => false)
    await until(works, { what: 'the replica to be the master', timeoutMs: 30_000 })
  })
})

describe('What is no Redis', { skip: whyNoFaults('redis') || whyNoFaults('postgres') }, () => {
  it('is refused as such', async (t) => {
    const postgres = await startPostgres()
    t.after(() => postgres.stop())
    const uri = `redis://:canary@127.0.0.1:${postgres.address.port}`
    await assert.rejects(
      openPlugin(t, uri, { role: 'cache' }),
      /no connection to Redis at .*: it (closes|cannot|does not)/,
    )
  })
})
