import type { CacheDeleteRequest, CacheGetRequest, CacheGetResponse, CacheSetRequest } from '../cache.js'
import { message, optional, string, uint } from './codec.js'

/** proto/easyrest/plugin/v1/cache.proto, message by message. */
export const cacheGetRequestWire = message<CacheGetRequest>({ key: string(1) })

export const cacheGetResponseWire = message<CacheGetResponse>({ value: optional.string(1) })

export const cacheSetRequestWire = message<CacheSetRequest>({ key: string(1), value: string(2), ttlMs: uint(3) })

export const cacheDeleteRequestWire = message<CacheDeleteRequest>({ key: string(1) })
