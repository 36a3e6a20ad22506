import { stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { CallError } from '@easyrest/host'
import { controllerService, dbService, PluginError } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectThat } from '../expect.js'
import { Inapplicable } from '../inapplicable.js'
import type { RawPlugin } from '../raw-plugin.js'
import { sampleCalls } from '../sample-calls.js'
import { type Subject, wholeRequest } from '../subject.js'

export const lifecycleChecks = group({ id: 'lifecycle', rule: 'plugin.proto, the end of a plugin' }, [
  {
    id: 'shutdown',
    title: 'Shutdown ends the process with status 0 within two seconds, and its socket is gone',
    rule: 'plugin.proto, plugin.GRPCController',
    run: async (subject) => {
      const plugin = await connected(subject)
      const { network, address } = await plugin.handshake()
      await shutdown(subject, plugin)
      await expectEnd(plugin, 2000, 'status 0')
      if (network === 'unix') expectThat(!(await exists(address)), 'no socket behind the process', address)
    },
  },
  {
    id: 'shutdown-in-flight',
    title: 'calls in flight at Shutdown are answered or fail, and the process ends',
    rule: 'plugin.proto, plugin.GRPCController',
    run: async (subject) => {
      const plugin = await connected(subject)
      const ends = await callsInFlight(subject, plugin)
      await shutdown(subject, plugin)
      await expectEnd(plugin, 10_000)
      const open = await Promise.race([Promise.all(ends).then(() => 'ended'), delay(5000, 'open')])
      expectEqual('the calls in flight', open, 'ended')
    },
  },
  {
    id: 'sigterm',
    title: 'SIGTERM ends the process',
    run: async (subject) => {
      const plugin = await connected(subject)
      plugin.signal('SIGTERM')
      await expectEnd(plugin, patienceMs)
    },
  },
  {
    id: 'host-death',
    title: 'the end of standard input, which is the death of the host, ends the process',
    run: async (subject) => {
      const plugin = await connected(subject)
      plugin.endStandardInput()
      await expectEnd(plugin, patienceMs)
    },
  },
  {
    id: 'early-host-death',
    title: 'a process that has no connection yet ends with its host as well',
    run: async (subject) => {
      const plugin = await subject.listening()
      plugin.endStandardInput()
      await expectEnd(plugin, patienceMs)
    },
  },
  {
    id: 'sigint',
    title: 'SIGINT is not meant for a plugin: it lives on and answers',
    run: (subject) => expectToSurvive(subject, 'SIGINT'),
  },
  {
    id: 'sighup',
    title: 'SIGHUP is not meant for a plugin: it lives on and answers',
    run: (subject) => expectToSurvive(subject, 'SIGHUP'),
  },
])

const connected = async (subject: Subject): Promise<RawPlugin> => {
  const plugin = await subject.listening()
  const info = async () => (await subject.plugin()).info()
  await subject.launcher.initConnection({ info, call: plugin.call.bind(plugin) })
  return plugin
}

// Go's server ends before it answers, so only a plugin that says so has no Controller.
const shutdown = async (subject: Subject, plugin: RawPlugin): Promise<void> => {
  subject.note(controllerService.Shutdown, {})
  await plugin.call(controllerService.Shutdown, {}, 2000).catch((error: unknown) => {
    if (error instanceof PluginError && error.reason === 'unsupported') {
      throw new Inapplicable('the plugin does not serve plugin.GRPCController')
    }
    if (!(error instanceof CallError) && !(error instanceof PluginError)) throw error
  })
}

const expectEnd = async (plugin: RawPlugin, ms: number, expected?: string): Promise<void> => {
  const ending = await plugin.endWithin(ms)
  expectThat(ending !== undefined, `the end of the process within ${ms / 1000} seconds`, 'none: it still runs')
  if (expected !== undefined) expectEqual('its end', ending, expected)
}

/** A promise for each call, which resolves when it has ended, however it did. */
const callsInFlight = async (subject: Subject, plugin: RawPlugin): Promise<Promise<unknown>[]> => {
  const slow = subject.seed?.slow
  if (slow === undefined) {
    const calls = await sampleCalls(subject)
    return Array.from({ length: 20 }, (_, index) => calls.unary(index, plugin).catch(() => {}))
  }
  const request = wholeRequest(dbService.TableGet, { table: slow })
  const call = plugin.call(dbService.TableGet, request, 60_000).catch(() => {})
  await delay(100)
  return [call]
}

const expectToSurvive = async (subject: Subject, signal: NodeJS.Signals): Promise<void> => {
  const plugin = await connected(subject)
  plugin.signal(signal)
  const ending = await plugin.endWithin(500)
  expectThat(ending === undefined, `a process that lives on after ${signal}`, ending)
  const calls = await sampleCalls(subject).catch(() => undefined)
  // Whatever is answered; a database of the process's own does not hold the suite's rows.
  await calls?.unary(0, plugin).catch((error: unknown) => {
    if (error instanceof CallError) throw error
  })
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

// "At once", as a machine under load keeps it.
const patienceMs = 5000
