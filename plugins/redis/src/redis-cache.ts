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
  /** Of the commands that are not answered yet. */
  private unansweredBytes = 0

  async initConnection({ uri }: InitConnectionRequest): Promise<InitConnectionResponse> {
    const { client, server } = await connectClient(parseRedisUri(uri))
    this.client = client
    return { server }
  }

  async get({ key }: CacheGetRequest): Promise<CacheGetResponse> {
    return { value: (await this.ask(key.length, (client) => client.get(key).catch(otherType))) ?? undefined }
  }

  async set({ key, value, ttlMs }: CacheSetRequest): Promise<void> {
    await this.ask(key.length + value.length, (client) => client.set(key, value, 'PX', ttlMs))
  }

  async delete({ key }: CacheDeleteRequest): Promise<void> {
    await this.ask(key.length, (client) => client.del(key))
  }

  async close(): Promise<void> {
    this.client?.disconnect()
  }

  private async ask<Answer>(size: number, command: (client: RedisClient) => Promise<Answer>): Promise<Answer> {
    if (this.client === undefined) throw new PluginError('unavailable', 'InitConnection has not been called')
    const bytes = size + overheadBytes
    if (this.unansweredBytes > 0 && this.unansweredBytes + bytes > maxUnansweredBytes) throw tooFarBehind()
    this.unansweredBytes += bytes
    try {
      return await command(this.client)
    } catch (error) {
      throw callFailure(error)
    } finally {
      this.unansweredBytes -= bytes
    }
  }
}

/** A Redis that hangs is noticed by and by; until then this is what it may cost. */
const maxUnansweredBytes = 16 * 2 ** 20

/** Of a command, beside its key and value. */
const overheadBytes = 500

const tooFarBehind = (): PluginError =>
  new PluginError('unavailable', `Redis owes the answers to ${maxUnansweredBytes >> 20} MiB of commands`)

/** A list or a hash under this key is of someone else: a miss. */
const otherType = (error: Error): null => {
  if (error.message.startsWith('WRONGTYPE')) return null
  throw error
}
