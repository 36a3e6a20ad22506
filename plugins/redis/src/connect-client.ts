import { Cluster, ReplyError } from 'ioredis'
import { connectFailure } from './connect-failure.js'
import { ConnectionWatch } from './connection-watch.js'
import { createClient, type RedisClient } from './create-client.js'
import { examine } from './examine.js'
import type { RedisUri } from './redis-uri.js'

/** A client that has connected once, and what answered, such as "Redis 7.0.15". */
export interface Connected {
  readonly client: RedisClient
  readonly server: string
}

/** Throws PluginError that says what to change. */
export const connectClient = async (uri: RedisUri): Promise<Connected> => {
  const client = createClient(uri)
  const watch = new ConnectionWatch(client)
  try {
    await client.connect()
    if (client instanceof Cluster) await connectNodes(client)
    // A database that is not there is no reason for the driver not to be ready.
    if (watch.lastProblem instanceof ReplyError) throw watch.lastProblem
    const server = await examine(client, uri)
    watch.beginToLog()
    return { client, server }
  } catch (error) {
    client.disconnect()
    throw connectFailure(error instanceof ReplyError ? error : (watch.lastProblem ?? error), uri)
  }
}

/** Otherwise each node is connected at its first command, and refuses the others meanwhile. One that is away comes later. */
const connectNodes = (cluster: Cluster): Promise<unknown> =>
  Promise.allSettled(cluster.nodes('master').map((node) => node.status === 'wait' && node.connect()))
