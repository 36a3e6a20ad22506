import { setMaxListeners } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { CallError } from '@easyrest/host'
import { dbService, healthService } from '@easyrest/protocol'
import { callsAtOnce } from '../calls-at-once.js'
import { group } from '../check.js'
import { expectEqual, expectRefusal, expectThat, show } from '../expect.js'
import { Inapplicable } from '../inapplicable.js'
import { columnAs, compare, order } from '../requests.js'
import type { RunningPlugin } from '../running-plugin.js'
import { type SampleCalls, sampleCalls } from '../sample-calls.js'
import { SessionClient } from '../session-client.js'
import { rowsOf, type Subject, textOf, wholeRequest } from '../subject.js'
import { suiteRow } from '../suite-rows.js'
import { Violation } from '../violation.js'

// MiB.
const mostGrowth = 64

export const loadChecks = group({ id: 'load', rule: 'plugin.proto, many calls at once' }, [
  {
    id: 'at-once',
    title: '50 calls at once, or as many as it takes, have their own answers',
    run: async (subject) => {
      const calls = await sampleCalls(subject)
      const plugin = await subject.plugin()
      await makeUnaryCalls(plugin, calls, 50)
    },
  },
  {
    id: 'large',
    title: 'an answer of 10 MB is complete',
    rule: 'table.proto, TableGetRequest.max_reply_bytes',
    needs: { role: 'db', writes: true },
    run: async (subject) => {
      const letters = await fillWithLargeRows(subject)
      const rows = rowsOf(await subject.get(largeRows(subject), { timeoutMs: 30_000 }))
      expectEqual('the number of rows', rows.length, letters.length)
      for (const [index, row] of rows.entries()) {
        const text = textOf(row, 't')
        const isWhole = text === `"${letters[index]!.repeat(megabyte)}"`
        expectThat(isWhole, `${megabyte} times ${letters[index]} in row ${index}`, `${text.length} characters: ${text}`)
      }
    },
  },
  {
    id: 'too-large',
    title: 'an answer beyond max_reply_bytes is too_large, one below it is answered',
    rule: 'table.proto, TableGetRequest.max_reply_bytes',
    needs: { role: 'db' },
    run: async (subject) => {
      const request = { ordering: [order(subject.table.key)] }
      const { rows } = await subject.get(request)
      await expectRefusal(subject.get({ ...request, maxReplyBytes: 50 }), 'too_large')
      await expectRefusal(subject.get({ ...request, maxReplyBytes: rows.length - 1 }), 'too_large')
      const whole = await subject.get({ ...request, maxReplyBytes: rows.length })
      expectEqual('the rows', String(whole.rows), String(rows))
    },
  },
  {
    id: 'memory',
    title: `10,000 calls leave the memory of the process as it was, less than ${mostGrowth} MiB more`,
    run: async (subject) => {
      const calls = await sampleCalls(subject)
      const plugin = await subject.plugin()
      // Caches and the code of a virtual machine have their size after these.
      await makeCalls(plugin, calls, 5000)
      const before = await residentMebibytes(plugin)
      await makeCalls(plugin, calls, 10_000)
      const growth = (await residentMebibytes(plugin)) - before
      expectThat(
        growth < mostGrowth,
        `less than ${mostGrowth} MiB more after 10,000 calls`,
        `${Math.round(growth)} MiB`,
      )
    },
  },
  {
    id: 'deadline',
    title: 'a call ends at its deadline, and health and other calls are answered meanwhile',
    needs: { role: 'db', seed: ['slow'] },
    run: async (subject) => {
      const plugin = await subject.plugin()
      const calls = await sampleCalls(subject)
      const slow = endOf(subject.get({ table: subject.table.slow! }, { timeoutMs: 2000 }))
      await delay(100)
      await within(1000, 'health', subject.call(healthService.Check, { service: 'plugin' }))
      await within(1500, 'another call', calls.unary(0, plugin))
      expectEqual('the end of the slow call', await slow, 'timeout')
      await within(2500, 'a call after the deadline', calls.unary(1, plugin))
    },
  },
  {
    id: 'cancel',
    title: 'calls that nobody waits for any more are not worked on: 20 slow ones hold up nobody',
    needs: { role: 'db', seed: ['slow'] },
    run: async (subject) => {
      const plugin = await subject.plugin()
      const calls = await sampleCalls(subject)
      const controller = new AbortController()
      setMaxListeners(0, controller.signal)
      const slow = range(20).map(() => slowCall(subject, plugin, controller.signal).catch(() => {}))
      await delay(1000)
      controller.abort()
      await Promise.all(slow)
      await within(2500, 'a call after the cancelled ones', calls.unary(0, plugin))
      await within(1000, 'health', subject.call(healthService.Check, { service: 'plugin' }))
    },
  },
])

const fillWithLargeRows = async (subject: Subject): Promise<string[]> => {
  const letters = [...'abcdefghij']
  for (const [index, letter] of letters.entries()) {
    const row = suiteRow(firstKey + index, { text: JSON.stringify(letter.repeat(megabyte)) })
    await subject.create([row], { returning: 'none' })
  }
  return letters
}

const largeRows = (subject: Subject) => {
  const { table, key } = subject.table
  const select = [columnAs('t', subject.column('text'))]
  return { table, where: compare(key, 'gte', String(firstKey)), select, ordering: [order(key)] }
}

const makeCalls = async (plugin: RunningPlugin, calls: SampleCalls, count: number): Promise<void> => {
  const { capabilities } = await plugin.info()
  if (capabilities.includes('session')) await makeSessionCalls(plugin, calls, count)
  else await makeUnaryCalls(plugin, calls, count)
}

const makeSessionCalls = async (plugin: RunningPlugin, calls: SampleCalls, count: number): Promise<void> => {
  const session = new SessionClient(plugin.process.channel.data)
  try {
    const atOnce = await callsAtOnce(plugin)
    for (let from = 0; from < count; from += atOnce) {
      const ids = session.send(range(atOnce).map((index) => calls.call(index)))
      for (const [index, message] of (await session.messages(ids)).entries()) calls.verify(index, message)
    }
  } finally {
    session.close()
  }
}

const makeUnaryCalls = async (plugin: RunningPlugin, calls: SampleCalls, count: number): Promise<void> => {
  const atOnce = await callsAtOnce(plugin)
  for (let from = 0; from < count; from += atOnce) {
    await Promise.all(range(atOnce).map((index) => calls.unary(index, plugin)))
  }
}

const residentMebibytes = async ({ process: { pid } }: RunningPlugin): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => {
    throw new Inapplicable('the memory of a process can be read on Linux only')
  })
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
}

const slowCall = ({ table }: Subject, { process }: RunningPlugin, signal: AbortSignal) => {
  const request = wholeRequest(dbService.TableGet, { table: table.slow! })
  return process.control.call(dbService.TableGet, 'unspecified', request, { timeoutMs: 60_000, signal })
}

/** `timeout`, whoever noticed it, or what else became of the call. */
const endOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'an answer',
    (error: { reason?: string }) => (error instanceof CallError ? error.kind : (error.reason ?? show(error))),
  )

const within = async <T>(ms: number, what: string, call: Promise<T>): Promise<T> => {
  const patience = new AbortController()
  const late = delay(ms, undefined, { signal: patience.signal }).then(() => {
    throw new Violation(`${what} answered within ${ms} ms`, 'nothing so far')
  })
  try {
    return await Promise.race([call, late])
  } finally {
    patience.abort()
    late.catch(() => {})
    call.catch(() => {})
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

const megabyte = 1_048_576
const firstKey = 20_000
