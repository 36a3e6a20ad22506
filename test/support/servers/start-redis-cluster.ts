import { randomBytes } from 'node:crypto'
import { until } from '../until.js'
import { type RedisNode, redisNode } from './redis-node.js'
import { type ServerDirectory, serverDirectory } from './server-directory.js'
import { serverPort } from './server-port.js'

export interface RedisCluster {
  /** Names two of its nodes, of which the first does not exist. */
  readonly uri: string
  readonly nodes: readonly RedisNode[]
  readonly password: string
  stop(): Promise<void>
}

/** A Redis Cluster of three masters without replicas, always our own. @param tls as in RedisOptions */
export async function startRedisCluster(tls = false): Promise<RedisCluster> {
  const directory = await serverDirectory('KILL')
  const stop = (): Promise<void> => directory.remove()
  try {
    const password = randomBytes(12).toString('hex')
    const nodes = await Promise.all(['a', 'b', 'c'].map((name) => clusterNode(directory, name, password, tls)))
    await Promise.all(nodes.map(({ process }) => process.start()))
    await unite(nodes)
    return { uri: uriOf(nodes, password, tls), nodes, password, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const uriOf = ([, node]: readonly RedisNode[], password: string, tls: boolean): string =>
  `${tls ? 'rediss' : 'redis'}://:${password}@127.0.0.1:1,127.0.0.1:${node?.port}/?cluster=true`

async function clusterNode(directory: ServerDirectory, name: string, password: string, tls: boolean) {
  const port = await serverPort((port) => [port + 10_000])
  const settings = {
    ...{ 'cluster-enabled': 'yes', 'cluster-node-timeout': '2000', masterauth: password },
    ...(tls && { 'tls-cluster': 'yes' }),
  }
  return redisNode({ directory, name, port, password, tls, settings })
}

/** Each gets a third of the slots, and knows the others. */
async function unite(nodes: readonly RedisNode[]): Promise<void> {
  const clients = nodes.map((node) => node.connect())
  try {
    for (const [index, client] of clients.entries()) {
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)
      await client.call('CLUSTER', 'ADDSLOTS', ...slotsOf(index, nodes.length))
      await client.call('CLUSTER', 'MEET', '127.0.0.1', nodes[0]!.port)
    }
    for (const client of clients) {
      const isUnited = async () => String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')
      await until(isUnited, { what: 'the nodes of Redis Cluster to find each other', timeoutMs: 30_000 })
    }
  } finally {
    for (const client of clients) client.disconnect()
  }
}

function slotsOf(index: number, count: number): number[] {
  const first = Math.ceil((slotCount * index) / count)
  const behind = Math.ceil((slotCount * (index + 1)) / count)
  return Array.from({ length: behind - first }, (_, n) => first + n)
}

const slotCount = 16_384
