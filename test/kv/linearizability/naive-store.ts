import { setTimeout as sleep } from 'node:timers/promises'
import type { Found, StoreClient } from './store-client.js'

/** Seeded mistakes of stores that look right: each makes histories that no order explains. */
export const naiveStores: Readonly<Record<string, () => StoreClient>> = {
  'compares first and writes later': () => {
    const store = new NaiveStore()
    return client(store, {
      cas: async (key, revision, value) => {
        const holds = store.read(key)?.revision === revision
        await sleep(1)
        if (holds) store.write(key, value)
        return { answer: holds }
      },
    })
  },
  'looks for a document first and creates it later': () => {
    const store = new NaiveStore()
    return client(store, {
      create: async (key, value) => {
        const holds = store.read(key) === undefined
        await sleep(1)
        if (holds) store.write(key, value)
        return { answer: holds }
      },
    })
  },
  'answers reads from a cache for a while': () => {
    const store = new NaiveStore()
    const cache = new Map<string, { until: number; found: Found | undefined }>()
    return client(store, {
      get: async (key) => {
        const cached = cache.get(key)
        await sleep(1)
        if (cached !== undefined && cached.until > performance.now()) return { answer: cached.found }
        const found = store.read(key)
        cache.set(key, { until: performance.now() + 20, found })
        return { answer: found }
      },
    })
  },
  'repeats a write whose outcome it does not know': () => {
    const store = new NaiveStore()
    return client(store, {
      put: async (key, value) => {
        store.write(key, value)
        if (Math.random() < 0.1) setTimeout(() => store.write(key, value), 5)
        await sleep(1)
        return { answer: true }
      },
    })
  },
  'acknowledges a write that it loses': () => {
    const store = new NaiveStore()
    return client(store, {
      put: async (key, value) => {
        if (Math.random() > 0.05) store.write(key, value)
        return { answer: true }
      },
    })
  },
}

class NaiveStore {
  private readonly documents = new Map<string, Found>()
  private revision = 0

  read(key: string): Found | undefined {
    return this.documents.get(key)
  }

  write(key: string, value: string): void {
    this.documents.set(key, { value, revision: String(++this.revision) })
  }

  remove(key: string): boolean {
    return this.documents.delete(key)
  }
}

/** A right store, with some of its operations replaced by wrong ones. */
export const client = (store = new NaiveStore(), wrong: Partial<StoreClient> = {}): StoreClient => ({
  get: async (key) => {
    await sleep(1)
    return { answer: store.read(key) }
  },
  put: async (key, value) => {
    await sleep(1)
    store.write(key, value)
    return { answer: true }
  },
  create: async (key, value) => {
    await sleep(1)
    if (store.read(key) !== undefined) return { answer: false }
    store.write(key, value)
    return { answer: true }
  },
  cas: async (key, revision, value) => {
    await sleep(1)
    if (store.read(key)?.revision !== revision) return { answer: false }
    store.write(key, value)
    return { answer: true }
  },
  delete: async (key) => {
    await sleep(1)
    return { answer: store.remove(key) }
  },
  ...wrong,
})
