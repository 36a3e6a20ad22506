import { Worker } from 'node:worker_threads'
import { tooMuchMemory } from './query-process.js'

// A process that runs queries, one after the other, and is killed when one must stop: SQLite's driver has no other way.
// The queries run in a thread, so that the process notices when the plugin is gone in the middle of one.
process.once('message', (workerData) => {
  const thread = new Worker(new URL('./query-thread.js', import.meta.url), { workerData })
  thread.on('message', (reply) => process.send?.(reply))
  process.on('message', (query) => thread.postMessage(query))
})

setInterval(() => {
  if (process.memoryUsage.rss() > mostMemory) process.kill(process.pid, tooMuchMemory)
}, 50).unref()

// Not exit(), which would wait for the thread, or abort.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

// The largest answer takes some 550 MB on its way.
const mostMemory = 768 * 1024 * 1024
