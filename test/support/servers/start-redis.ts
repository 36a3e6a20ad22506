import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { type RedisNode, redisNode } from './redis-node.js'
import type { RedisOptions, RedisServer } from './redis-server.js'
import { serverDirectory } from './server-directory.js'
import { givenServer } from './server-kinds.js'
import { serverPort } from './server-port.js'

/** A Redis for one test file, or that of EASYREST_TEST_REDIS_URI. Ask whyNoServer('redis') first. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const given = givenServer('redis')
  return given === undefined ? startOwn(options) : useGiven(new URL(given))
}

async function startOwn(options: RedisOptions): Promise<RedisServer> {
  const directory = await serverDirectory('KILL')
  try {
    const password = randomBytes(12).toString('hex')
    const node = await redisNode({ ...options, directory, name: 'redis', port: await serverPort(), password })
    await node.process.start()
    const client = node.connect()
    const stop = async (): Promise<void> => {
      client.disconnect()
      await directory.remove()
    }
    return { ...node, uri: uriOf(node, options.tls), client, stop }
  } catch (error) {
    await directory.remove()
    throw error
  }
}

const uriOf = ({ password, port }: RedisNode, tls = false): string =>
  `${tls ? 'rediss' : 'redis'}://:${password}@127.0.0.1:${port}/0`

/** Takes a database of it that is empty, and leaves it so. */
async function useGiven(url: URL): Promise<RedisServer> {
  for (let index = 1; index < 16; index++) {
    url.pathname = `/${index}`
    const client = new Redis(url.href).on('error', () => {})
    if ((await client.dbsize()) === 0) return given(url, client)
    client.disconnect()
  }
  throw new Error(
    'EASYREST_TEST_REDIS_URI: none of the databases 1 to 15 is empty, and the tests need one for themselves',
  )
}

const given = (url: URL, client: Redis): RedisServer => ({
  uri: url.href,
  client,
  password: decodeURIComponent(url.password),
  port: Number(url.port || 6379),
  process: undefined,
  stop: async () => {
    await client.flushdb()
    client.disconnect()
  },
})
