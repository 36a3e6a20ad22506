import { PluginError } from '@easyrest/plugin'
import type { RedisClient } from './create-client.js'
import type { RedisUri } from './redis-uri.js'

/**
 * Whether a client that has connected can be used as a cache: it may set and get, and is what the URI says it is.
 * Resolves to what answered, such as "Redis 7.0.15". Throws PluginError, or the driver's error.
 */
export const examine = async (client: RedisClient, { cluster }: RedisUri): Promise<string> => {
  const info = await serverInfo(client)
  const mode = info.get('redis_mode')
  if (mode === 'sentinel') throw wrongKind('this is a sentinel; add master_name=<what it calls the servers>')
  if (mode === 'cluster' && !cluster) throw wrongKind('this is a node of Redis Cluster; add cluster=true')
  await client.set('easyrest:probe', '', 'PX', 1000).catch(passFull)
  await client.get('easyrest:probe')
  return serverName(info)
}

/** Empty where the user may not ask. */
const serverInfo = async (client: RedisClient): Promise<ReadonlyMap<string, string>> => {
  const text = await client.info('server').catch((error: Error) => {
    if (error.message.startsWith('NOPERM')) return ''
    throw error
  })
  return new Map([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value]))
}

const serverName = (info: ReadonlyMap<string, string>): string => {
  const valkey = info.get('valkey_version')
  return valkey === undefined ? `Redis ${info.get('redis_version') ?? ''}`.trimEnd() : `Valkey ${valkey}`
}

// One that is full today may have room tomorrow, and answers what it has.
const passFull = (error: Error): void => {
  if (!error.message.startsWith('OOM')) throw error
}

const wrongKind = (problem: string): PluginError =>
  new PluginError('bad_value', `the connection URI is wrong: ${problem}`)
