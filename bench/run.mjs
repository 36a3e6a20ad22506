// npm run bench: measures what a request costs, and what the plugin being a process of its own adds to it. One run
// measures everything in rounds, so that a machine that gets slower or faster meanwhile does so for all alike.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as buildAll } from '../scripts/build.mjs'
import { install } from '../scripts/install.mjs'
import { BuildUnderTest } from './build-under-test.mjs'
import { Helper } from './helper.mjs'
import { machineFacts } from './machine.mjs'
import { parseOptions, usage } from './options.mjs'
import { checkOut } from './other-revision.mjs'
import { profile } from './profile.mjs'
import { judge, report } from './report.mjs'
import { Results, summarize } from './results.mjs'
import { scenarios as allScenarios } from './scenarios.mjs'
import { Scope } from './scope.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

const main = async (options) => {
  install()
  buildAll()
  const scope = new Scope()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => scope.close().then(() => process.exit(1)))
  try {
    const scenarios = chosen(options)
    const directory = temporaryDirectory(scope)
    const load = helper('./load.mjs', scope)
    if (options.profile) return await profile({ root, directory, load, scenarios, options, scope })
    return await measure({ scenarios, directory, load, options, scope })
  } finally {
    await scope.close()
  }
}

const measure = async ({ scenarios, directory, load, options, scope }) => {
  const machine = machineFacts(root)
  const builds = openBuilds(directory, options, scope)
  const bench = { load, scope, bare: once(() => helper('./bare-server.mjs', scope)) }
  const results = new Results()
  if (!options.quick) await round(bench, scenarios, builds, options.seconds / 2, new Results(), 'warming up')
  for (let count = 1; count <= options.rounds; count++) {
    // Every other round backwards: what comes after what must not matter.
    const order = count % 2 === 1 ? scenarios : scenarios.toReversed()
    await round(bench, order, builds, options.seconds, results, `round ${count} of ${options.rounds}`)
  }
  machine.loadAfter = loadavg()
  publish(machine, results, scenarios, builds, options)
  return results.failures.length === 0 ? 0 : 1
}

const round = async (bench, scenarios, builds, seconds, results, title) => {
  for (const scenario of scenarios) {
    for (const build of scenario.shared ? builds.slice(0, 1) : builds) {
      bench.scope.check()
      progress(`${title}: ${scenario.name} ${builds.length > 1 ? build.label : ''}`)
      try {
        const figures = await scenario.run(bench, build, seconds)
        requireNumbers(figures)
        results.add(scenario.name, build.label, figures)
      } catch (error) {
        results.fail(scenario.name, build.label, error)
      }
    }
  }
  progress('')
}

// CPU and memory of other processes are known on Linux only; times are known everywhere.
const requireNumbers = (figures) => {
  if (figures.unavailable !== undefined) return
  for (const name of ['perSecond', 'total']) {
    if (name in figures && !(figures[name] > 0))
      throw new Error(`expected ${name} to be a number, got ${figures[name]}`)
  }
}

const openBuilds = (directory, { against, ...options }, scope) => {
  const open = (label, path) => new BuildUnderTest(label, path, directory, scope, options)
  if (against === undefined) return [open('this', root)]
  progress(`installing and building ${against}`)
  const other = checkOut(root, against, directory, scope)
  return [open('this', root), open(other.label, other.root)]
}

const publish = (machine, results, scenarios, builds, options) => {
  const labels = builds.map(({ label }) => label)
  const { cores, processor, node, revision, loadBefore, loadAfter } = machine
  const loads = [loadBefore, loadAfter].map(([minute]) => minute.toFixed(2)).join(' before, ')
  print(`${revision} on Node ${node}, ${cores} cores (${processor}), load ${loads} after`)
  print(`${options.rounds} rounds of ${options.seconds} s: medians (min..max); CPU per request or call\n`)
  print(report(results, scenarios, labels, options))
  for (const { scenario, build, reason } of results.failures) print(`\nFAILED ${scenario} (${build}): ${reason}`)
  const file = resolve(options.json ?? join(root, '.cache', 'bench', 'latest.json'))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(jsonReport(machine, results, labels, options), null, 2)}\n`)
  print(`\nWritten to ${file}`)
}

const jsonReport = (machine, results, labels, { seconds, rounds, quick, plugin }) => ({
  machine,
  options: { seconds, rounds, quick, plugin },
  builds: labels,
  scenarios: mapValues(results.samples, (byBuild) =>
    mapValues(byBuild, (metrics) => mapValues(metrics, (samples) => summarize(samples))),
  ),
  unavailable: results.unavailable,
  failures: results.failures,
  ...(quick ? {} : { targets: judge(results, labels[0], plugin) }),
})

const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))

const chosen = ({ only, plugin }) => {
  // In-process there is SQLite's code only, and what knows no database is measured with SQLite.
  const scenarios = allScenarios().filter(
    ({ name, database }) => plugin === 'sqlite' || (database && !name.includes('-in-')),
  )
  if (only.length === 0) return scenarios
  const unknown = only.filter((prefix) => !scenarios.some(({ name }) => name.startsWith(prefix)))
  if (unknown.length > 0) {
    throw new Error(
      `no scenario begins with ${unknown.join(', ')}; there are ${scenarios.map(({ name }) => name).join(', ')}`,
    )
  }
  return scenarios.filter(({ name }) => only.some((prefix) => name.startsWith(prefix)))
}

const temporaryDirectory = (scope) => {
  const directory = mkdtempSync(join(tmpdir(), 'easyrest-bench-'))
  return scope.add(directory, () => rmSync(directory, { recursive: true, force: true }))
}

const helper = (file, scope) => {
  const started = new Helper(file)
  return scope.add(started, () => started.stop())
}

const once = (make) => {
  let made
  return () => {
    made ??= make()
    return made
  }
}

const print = (text) => process.stdout.write(`${text}\n`)

// One line that overwrites itself, and nothing where nobody watches.
const progress = (text) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

try {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) print(usage)
  else process.exitCode = await main(options)
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
