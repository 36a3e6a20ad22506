import { cacheService } from '@easyrest/protocol'
import type { CallPort } from './call-port.js'
import type { CacheClient } from './connection.js'

/** The calls of a cache, by name. */
export const createCacheClient = (port: CallPort): CacheClient => ({
  get: (request, options) => port.call('cache', cacheService.Get, 'CacheGet', request, options),
  set: async (request, options) => {
    await port.call('cache', cacheService.Set, 'CacheSet', request, options)
  },
  delete: async (request, options) => {
    await port.callCapability('cache_delete', 'cache', cacheService.Delete, 'CacheDelete', request, options)
  },
})
