import { cacheService, PluginError } from '@easyrest/protocol'
import { AnswerShape } from './answer-shape.js'
import type { CachePlugin } from './cache-plugin.js'
import { initConnectionResponse } from './db-service.js'
import { type Operations, operation } from './dispatch.js'
import { InitialConnection } from './initial-connection.js'

/** The methods of service CachePlugin as a CachePlugin serves them. */
export const createCacheOperations = (cache: CachePlugin, schemes: readonly string[]): Operations => {
  const connection = new InitialConnection(schemes, async (request, call) =>
    initConnectionResponse(await cache.initConnection(request, call)),
  )
  return { ...requiredOperations(cache, connection), ...(cache.delete && deleteOperation(cache, connection)) }
}

const requiredOperations = (cache: CachePlugin, connection: InitialConnection): Operations => ({
  InitConnection: operation(cacheService.InitConnection, (request, call) => connection.open(request, call)),
  Get: operation(cacheService.Get, async (request, call) => {
    connection.require()
    return { value: new AnswerShape('get', await cache.get(request, call)).optionalText('value') }
  }),
  Set: operation(cacheService.Set, async (request, call) => {
    connection.require()
    if (request.ttlMs <= 0)
      throw new PluginError('bad_value', 'expected ttl_ms > 0, got 0: how long the value may live')
    await cache.set(request, call)
    return {}
  }),
})

const deleteOperation = (cache: CachePlugin, connection: InitialConnection): Operations => ({
  Delete: operation(cacheService.Delete, async (request, call) => {
    connection.require()
    await cache.delete!(request, call)
    return {}
  }),
})
