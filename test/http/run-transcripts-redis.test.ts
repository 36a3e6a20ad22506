import { redisPlugin } from '../support/repository-path.js'
import { startRedis } from '../support/servers/start-redis.js'
import { whyNoServer } from '../support/servers/why-no-server.js'
import type { DatabaseKind, DatabaseMaker } from './database-kind.js'
import { sqlite } from './kinds/sqlite.js'
import { playTranscripts } from './play-transcripts.js'

/** Tables in SQLite whose cache is a Redis. Each case begins with both as it wants them. */
const sqliteWithRedis: DatabaseKind = {
  ...sqlite,
  missing: () => whyNoServer('redis') || undefined,
  open: async (): Promise<DatabaseMaker> => {
    const redis = await startRedis()
    const maker = await sqlite.open()
    return {
      cache: { uri: redis.uri, path: redisPlugin() },
      create: async (...what) => {
        const database = await maker.create(...what)
        const reset = async (statements: string): Promise<void> => {
          await redis.client.flushdb()
          await database.reset(statements)
        }
        return { ...database, reset }
      },
      close: () => redis.stop(),
    }
  },
}

playTranscripts(sqliteWithRedis, ['m-etag.http'])
