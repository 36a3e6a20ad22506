import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { until } from '../until.js'
import { type RedisNode, redisNode } from './redis-node.js'
import { type ServerDirectory, serverDirectory } from './server-directory.js'
import { serverPort } from './server-port.js'

/** A master with a replica, and a sentinel that makes the replica the master within some two seconds of its end. */
export interface RedisSentinel {
  readonly uri: string
  readonly master: RedisNode
  readonly replica: RedisNode
  readonly sentinel: RedisNode
  /** What the sentinel calls the two. */
  readonly group: string
  readonly password: string
  stop(): Promise<void>
}

/** @param tls as in RedisOptions, for the servers and the sentinel */
export async function startRedisSentinel(tls = false): Promise<RedisSentinel> {
  const directory = await serverDirectory('KILL')
  const stop = (): Promise<void> => directory.remove()
  try {
    const password = randomBytes(12).toString('hex')
    const node = async (name: string, settings: Record<string, string>): Promise<RedisNode> => {
      const options = { directory, name, port: await serverPort(), password, tls }
      const own = { masterauth: password, ...(tls && { 'tls-replication': 'yes' }) }
      const started = await redisNode({ ...options, settings: { ...own, ...settings } })
      await started.process.start()
      return started
    }
    const master = await node('master', {})
    const replica = await node('replica', { replicaof: `127.0.0.1 ${master.port}` })
    const sentinel = await startSentinel(directory, master, tls)
    await untilReplicated(master)
    await untilKnown(sentinel)
    return { uri: uriOf(sentinel, tls), master, replica, sentinel, group, password, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const group = 'main'

const uriOf = ({ port, password }: RedisNode, tls: boolean): string => {
  const options = `master_name=${group}&sentinel_password=${password}`
  return `${tls ? 'rediss' : 'redis'}://:${password}@127.0.0.1:${port}/0?${options}`
}

async function startSentinel(
  directory: ServerDirectory,
  { port, password }: RedisNode,
  tls: boolean,
): Promise<RedisNode> {
  const file = directory.file('sentinel.conf')
  await writeFile(file, configuration(port, password))
  await directory.give(file)
  const settings = tls ? { 'tls-replication': 'yes' } : {}
  const options = { directory, name: 'sentinel', port: await serverPort(), password, tls, settings }
  const sentinel = await redisNode({ ...options, sentinelFile: file })
  await sentinel.process.start()
  return sentinel
}

const configuration = (port: number, password: string): string => `
sentinel monitor ${group} 127.0.0.1 ${port} 1
sentinel auth-pass ${group} ${password}
sentinel down-after-milliseconds ${group} 500
sentinel failover-timeout ${group} 5000
`

async function untilReplicated(master: RedisNode): Promise<void> {
  const client = master.connect()
  const isOnline = async () => (await client.info('replication')).includes('state=online')
  await until(isOnline, { what: 'the replica to follow its master', timeoutMs: 30_000 }).finally(() =>
    client.disconnect(),
  )
}

/** A sentinel that does not know the replica yet has nobody to make the master. */
async function untilKnown(sentinel: RedisNode): Promise<void> {
  const client = sentinel.connect()
  const isKnown = async () => ((await client.call('SENTINEL', 'REPLICAS', group)) as unknown[]).length > 0
  await until(isKnown, { what: 'the sentinel to know the replica', timeoutMs: 30_000 }).finally(() =>
    client.disconnect(),
  )
}
