import { setTimeout as delay } from 'node:timers/promises'
import type { CachePlugin, CacheSetRequest } from '@easyrest/plugin'
import { cacheService } from '@easyrest/protocol'
import type { ProgramDefect } from './program-defect.js'

export const cacheDefects: Readonly<Record<string, ProgramDefect>> = {
  'cache.miss': onCache((cache) => ({
    get: async (request, call) => ({ value: (await cache.get(request, call)).value ?? '' }),
  })),
  'cache.set': onCache((cache) => ({
    get: async (request, call) => {
      const answer = await cache.get(request, call)
      await cache.delete!(request, call)
      return answer
    },
  })),
  'cache.overwrite': onSet(async (request, cache, set) => {
    const { value } = await cache.get(request, undefined as never)
    if (value === undefined) await set(request)
  }),
  'cache.empty': onCache((cache) => ({
    get: async (request, call) => ({ value: (await cache.get(request, call)).value || undefined }),
  })),
  'cache.text': onSet(async (request, _cache, set) => set({ ...request, value: request.value.split('\0')[0]! })),
  'cache.megabyte': onSet(async (request, _cache, set) => set({ ...request, value: request.value.slice(0, 65_535) })),
  'cache.keys': onCache((cache) => ({
    get: (request, call) => cache.get({ key: folded(request.key) }, call),
    set: (request, call) => cache.set({ ...request, key: folded(request.key) }, call),
  })),
  // As a timer takes it.
  'cache.alive': onSet(async (request, _cache, set) =>
    set({ ...request, ttlMs: request.ttlMs > 2 ** 31 ? 1 : request.ttlMs }),
  ),
  // Whole seconds.
  'cache.expiry': onSet(async (request, _cache, set) =>
    set({ ...request, ttlMs: Math.ceil(request.ttlMs / 1000) * 1000 }),
  ),
  'cache.renewal': onSet(async (request, _cache, set) => {
    const expiresAt = expiries.get(request.key) ?? Date.now() + request.ttlMs
    expiries.set(request.key, expiresAt)
    await set({ ...request, ttlMs: Math.max(1, expiresAt - Date.now()) })
  }),
  'cache.no-ttl': {
    handlers: {
      Set: (original) => (call, reply) => {
        const { ttlMs } = cacheService.Set.requestDeserialize(call.request)
        if (ttlMs === 0) reply(null, Buffer.alloc(0))
        else original(call, reply)
      },
    },
  },
  'cache.delete': onCache(() => ({ delete: async () => {} })),
  'cache.at-once': onSet(async (request, _cache, set) => {
    latest = request
    await delay(5)
    await set(latest)
  }),
}

const expiries = new Map<string, number>()

let latest: CacheSetRequest

function onCache(changes: (cache: CachePlugin) => Partial<CachePlugin>): ProgramDefect {
  return {
    cache: (cache) => {
      const changed = changes(cache)
      return {
        initConnection: (request, call) => cache.initConnection(request, call),
        get: changed.get ?? ((request, call) => cache.get(request, call)),
        set: changed.set ?? ((request, call) => cache.set(request, call)),
        delete: changed.delete ?? ((request, call) => cache.delete!(request, call)),
        close: async () => cache.close?.(),
      }
    },
  }
}

function onSet(
  store: (
    request: CacheSetRequest,
    cache: CachePlugin,
    set: (request: CacheSetRequest) => Promise<void>,
  ) => Promise<void>,
): ProgramDefect {
  return onCache((cache) => ({ set: (request, call) => store(request, cache, (changed) => cache.set(changed, call)) }))
}

function folded(key: string): string {
  return key.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
