import { mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { hotPlaces } from './cpu-profile.mjs'
import { openDatabases } from './databases.mjs'
import { Helper } from './helper.mjs'
import { childrenOf } from './processes.mjs'
import { ProductServer } from './product-server.mjs'

/** Profiles host and plugin during each chosen scenario of the hop and of the whole chain; prints where time goes. */
export const profile = async ({ root, directory, load, scenarios, options, scope }) => {
  for (const { name, group, job } of scenarios.filter(({ job }) => job !== undefined)) {
    const folder = resolve(options.profile, name)
    mkdirSync(folder, { recursive: true })
    const place = { root, directory, folder, name, load, scope, plugin: options.plugin }
    const subject = await (group === 'hop' ? startHop(place, job) : startServer(place, job))
    try {
      await profileSubject(subject, { root, folder, name, seconds: options.seconds })
    } finally {
      await subject.stop()
    }
  }
  return 0
}

const profileSubject = async ({ pids: all, run }, { root, folder, name, seconds }) => {
  // The signal would end the shell that the host keeps, and every plugin that is not Node.
  const pids = all.filter((pid) => readlinkSync(`/proc/${pid}/exe`) === realpathSync(process.execPath))
  const [host, ...plugins] = pids
  const toggle = () => {
    for (const pid of pids) process.kill(pid, 'SIGUSR2')
  }
  await run(2)
  toggle()
  const count = await run(seconds)
  toggle()
  await delay(500)
  print(`\n${name}: ${Math.round(count / seconds)} per second while profiled; the profiles are in ${folder}`)
  for (const pid of [host, ...plugins]) describe({ root, folder, who: pid === host ? 'host' : 'plugin', pid, count })
}

const startHop = async ({ root, folder, scope }, job) => {
  const helper = new Helper('./hop-host.mjs', [root], profilerEnvironment(folder))
  scope.add(helper, () => helper.stop())
  const run = async (seconds) => (await helper.ask({ ...job, seconds }, seconds * 1000 + 30_000)).calls
  await run(0.1)
  return { pids: [helper.pid, ...childrenOf(helper.pid)], run, stop: () => helper.stop() }
}

const startServer = async ({ root, directory, folder, name, load, scope, plugin }, job) => {
  const uri = await openDatabases(plugin, { root, directory, scope }).items(name)
  const env = profilerEnvironment(folder)
  const server = await ProductServer.start(scope, directory, name, { root, plugin, uri, env, pluginEnv: env })
  const run = async (seconds) => {
    const answer = await load.ask({ ...job, port: server.port, pids: [], seconds }, seconds * 1000 + 30_000)
    return answer.requests
  }
  return { pids: server.pids, run, stop: () => server.stop() }
}

const profilerEnvironment = (folder) => ({
  NODE_OPTIONS: `--import=${new URL('profiler.mjs', import.meta.url).href}`,
  BENCH_PROFILE: folder,
})

const describe = ({ root, folder, who, pid, count }) => {
  // One file for each thread.
  const files = readdirSync(folder).filter((file) => file.startsWith(`${pid}-`) && file.endsWith('.cpuprofile'))
  for (const file of files) {
    const { busyMicros, origins, places } = hotPlaces(JSON.parse(readFileSync(join(folder, file), 'utf8')), root)
    const each = (micros) => (micros / count).toFixed(2).padStart(9)
    print(`\n  ${who} ${file}: ${(busyMicros / count).toFixed(1)} µs each; by origin:`)
    for (const [origin, micros] of origins) print(`${each(micros)}  ${origin}`)
    print('  by function: itself, with what it called')
    for (const { place, self, total } of places.slice(0, 45)) print(`${each(self)}${each(total)}  ${place}`)
    print('  ours, by time with what they called')
    const ours = places.filter(({ place }) => / (packages|plugins)\//.test(place))
    const byTotal = ours.sort((left, right) => right.total - left.total).slice(0, 35)
    for (const { place, self, total } of byTotal) print(`${each(self)}${each(total)}  ${place}`)
  }
}

const print = (text) => process.stdout.write(`${text}\n`)
