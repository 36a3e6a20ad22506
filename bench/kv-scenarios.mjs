import { setTimeout as delay } from 'node:timers/promises'
import { ask, loadFigures } from './load-figures.mjs'
import { requestHeaders } from './server-config.mjs'

/** The key/value API: documents of 240 bytes on SQLite, where every write is on the disk before it is answered. */
export const kvScenarios = () =>
  Object.entries(shapes()).flatMap(([shape, request]) =>
    [1, ...(shape === 'recurse' ? [16] : [16, 64])].map((connections) => ({
      name: `kv-${shape}-${connections}`,
      group: 'key/value',
      run: async ({ load }, build, seconds) => {
        const { port, pids } = await build.outOfProcess()
        await seed(build, port)
        return loadFigures(await ask(load, { ...request, port, pids, connections, seconds }))
      },
    })),
  )

const shapes = () => {
  const keys = { from: 1, to: documentCount }
  const headers = requestHeaders()
  return {
    get: { method: 'GET', path: '/api/kvs/v1/kv/user/many/k{key}', headers, keys },
    put: {
      method: 'PUT',
      path: '/api/kvs/v1/kv/user/written/k{key}',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: document('{key}'),
      keys,
    },
    recurse: { method: 'GET', path: '/api/kvs/v1/kv/user/hundred?recurse=1', headers },
  }
}

const document = (key) => JSON.stringify({ key, text: 'x'.repeat(240 - 24) })

const documentCount = 1000

const seeded = new WeakSet()

/** The documents that are read, once for a build. */
const seed = async (build, port) => {
  if (seeded.has(build)) return
  await write(port, 'many', documentCount)
  await write(port, 'hundred', 100)
  seeded.add(build)
}

const write = async (port, prefix, count) => {
  const entries = Array.from({ length: count + 1 }, (_, key) => ({
    key: `k${key}`,
    value: JSON.parse(document(String(key))),
    content_type: 'application/json',
  }))
  const url = `http://127.0.0.1:${port}/api/kvs/v1/kv/user/${prefix}?batch=1`
  for (let tries = 0; ; tries++) {
    const { status } = await fetch(url, {
      method: 'PUT',
      headers: requestHeaders(),
      body: JSON.stringify(entries.slice(1)),
    })
    if (status === 200) return
    // The store may still be starting.
    if (tries === 50) throw new Error(`expected 200 for a batch, got ${status}`)
    await delay(100)
  }
}
