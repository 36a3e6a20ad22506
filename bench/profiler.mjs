// Loaded into a process with --import: SIGUSR2 begins a CPU profile, the next one ends and writes it, so that neither
// start nor warm-up are in it. Worker threads hear of it from the main thread and write profiles of their own.
import { mkdirSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import { join } from 'node:path'
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads'

const directory = process.env.BENCH_PROFILE
const session = new Session()
session.connect()
session.post('Profiler.enable')
session.post('Profiler.setSamplingInterval', { interval: 200 })
let running = false

const toggle = () => {
  running = !running
  if (running) return session.post('Profiler.start')
  session.post('Profiler.stop', (error, result) => {
    if (error) throw error
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, `${process.pid}-${threadId}.cpuprofile`), JSON.stringify(result.profile))
  })
}

const channel = new BroadcastChannel('easyrest-bench-profile')
channel.unref()
if (isMainThread) {
  process.on('SIGUSR2', () => {
    channel.postMessage('toggle')
    toggle()
  })
} else channel.onmessage = toggle
