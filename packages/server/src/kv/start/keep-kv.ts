import type { Observe } from '../../observe/observation.js'
import type { KvService } from '../kv-service.js'

/**
 * Looks after the key/value API in force: makes its store ready without waiting for a request, and removes what has
 * expired. Every process that serves may do so. Answers how to stop.
 */
export const keepKv = (current: () => KvService | undefined, observe: Observe): (() => void) => {
  let cleanedAt = Date.now()
  let isCleaning = false
  const clean = async ({ store }: KvService): Promise<void> => {
    isCleaning = true
    try {
      const rows = await store.removeDead()
      if (rows > 0) observe({ kind: 'kv-cleaned', connection: store.options.connection.name, rows })
    } catch {
      // Nothing is lost: what has expired is not answered, and is removed another time.
    } finally {
      isCleaning = false
      cleanedAt = Date.now()
    }
  }
  const look = (): void => {
    const kv = current()
    kv?.store.opening.begin()
    const interval = kv?.config.cleanupIntervalMs ?? 0
    if (kv?.store.opening.features === undefined || interval === 0 || isCleaning) return
    if (Date.now() - cleanedAt >= interval) void clean(kv)
  }
  look()
  const timer = setInterval(look, lookMs).unref()
  return () => clearInterval(timer)
}

const lookMs = 500
