import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Cluster } from 'ioredis'
import { until } from '../until.js'
import { startRedis } from './start-redis.js'
import { startRedisCluster } from './start-redis-cluster.js'
import { startRedisSentinel } from './start-redis-sentinel.js'
import { whyNoFaults, whyNoServer } from './why-no-server.js'

describe('A Redis to test with', { skip: whyNoServer('redis') }, () => {
  const skip = whyNoFaults('redis')

  it('starts empty, and can be stopped, killed and started again in the same place', { skip }, async (t) => {
    const redis = await startRedis({ durable: true })
    t.after(() => redis.stop())
    assert.equal(await redis.client.get('k'), null)
    await redis.client.set('k', 'v')
    await redis.process!.restart()
    assert.equal(await redis.client.get('k'), 'v')
    await redis.process!.kill()
    await redis.process!.start()
    assert.equal(await redis.client.get('k'), 'v')
  })

  it('speaks TLS', { skip }, async (t) => {
    const redis = await startRedis({ tls: true })
    t.after(() => redis.stop())
    assert.match(redis.uri, /^rediss:/)
    assert.equal(await redis.client.ping(), 'PONG')
  })

  it('is a cluster of three masters', { skip }, async (t) => {
    const { nodes, password, stop } = await startRedisCluster()
    const client = new Cluster(
      nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
      { redisOptions: { password } },
    )
    t.after(() => {
      client.disconnect()
      return stop()
    })
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    for (const key of keys) await client.set(key, key)
    const counts = await Promise.all(client.nodes('master').map((node) => node.dbsize()))
    assert.equal(counts.length, 3)
    assert.ok(
      counts.every((count) => count > 0 && count < keys.length),
      String(counts),
    )
  })

  it('is a master whose replica takes over', { skip }, async (t) => {
    const { master, replica, stop } = await startRedisSentinel()
    t.after(stop)
    const client = replica.connect()
    t.after(() => client.disconnect())
    await assert.rejects(client.set('k', 'v'), /READONLY/)
    await master.process.kill()
    const isMaster = () => client.set('k', 'v').then(Boolean, () => false)
    await until(isMaster, { what: 'the replica to become the master', timeoutMs: 30_000 })
  })
})
