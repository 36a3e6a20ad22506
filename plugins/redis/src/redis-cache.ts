import {
  type CacheDeleteRequest,
  type CacheGetRequest,
  type CacheGetResponse,
  type CachePlugin,
  type CacheSetRequest,
  type InitConnectionRequest,
  type InitConnectionResponse,
  PluginError,
} from '@easyrest/plugin'
import { callFailure } from './call-failure.js'
import { connectClient } from './connect-client.js'
import type { RedisClient } from './create-client.js'
import { parseRedisUri } from './redis-uri.js'

/** The cache role: each entry is a string of Redis, which expires there. */
export class RedisCache implements CachePlugin {
  private client: RedisClient | undefined

  async initConnection({ uri }: InitConnectionRequest): Promise<InitConnectionResponse> {
    const { client, server } = await connectClient(parseRedisUri(uri))
    this.client = client
    return { server }
  }

  async get({ key }: CacheGetRequest): Promise<CacheGetResponse> {
    return { value: (await this.ask((client) => client.get(key).catch(otherType))) ?? undefined }
  }

  async set({ key, value, ttlMs }: CacheSetRequest): Promise<void> {
    await this.ask((client) => client.set(key, value, 'PX', ttlMs))
  }

  async delete({ key }: CacheDeleteRequest): Promise<void> {
    await this.ask((client) => client.del(key))
  }

  async close(): Promise<void> {
    this.client?.disconnect()
  }

  private async ask<Answer>(command: (client: RedisClient) => Promise<Answer>): Promise<Answer> {
    if (this.client === undefined) throw new PluginError('unavailable', 'InitConnection has not been called')
    try {
      return await command(this.client)
    } catch (error) {
      throw callFailure(error)
    }
  }
}

/** A list or a hash under this key is of someone else: a miss. */
const otherType = (error: Error): null => {
  if (error.message.startsWith('WRONGTYPE')) return null
  throw error
}
