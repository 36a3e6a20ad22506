import { type CachePlugin, PluginError, serve } from '@easyrest/plugin'

interface Entry {
  readonly value: string
  /** On the clock of performance.now(), which nobody sets. */
  readonly endsAt: number
}

const entries = new Map<string, Entry>()

const cache: CachePlugin = {
  initConnection: async ({ uri }) => {
    if (!uri.startsWith('{{scheme}}://'))
      throw new PluginError('bad_value', 'expected a URI that begins with {{scheme}}://')
    return { server: '{{name}}' }
  },
  get: async ({ key }) => {
    const entry = entries.get(key)
    return { value: entry !== undefined && entry.endsAt > performance.now() ? entry.value : undefined }
  },
  set: async ({ key, value, ttlMs }) => {
    removeExpired()
    entries.set(key, { value, endsAt: performance.now() + ttlMs })
  },
  delete: async ({ key }) => {
    entries.delete(key)
  },
}

// Nobody asks for most entries again, and they must not stay.
const removeExpired = (): void => {
  if (entries.size < 10_000) return
  const now = performance.now()
  for (const [key, { endsAt }] of entries) if (endsAt <= now) entries.delete(key)
}

await serve({ name: 'easyrest-plugin-{{name}}', version: '0.1.0', schemes: ['{{scheme}}'], cache })
