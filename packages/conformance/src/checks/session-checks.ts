import { setTimeout as delay } from 'node:timers/promises'
import { cacheService, dbService, type Method, maxFrameBytes, maxFrameCalls } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectThat, show } from '../expect.js'
import { columnAs, compare, order } from '../requests.js'
import { callOf, type SampleCalls, sampleCalls } from '../sample-calls.js'
import { SessionClient } from '../session-client.js'
import { rowsOf, type Subject, wholeRequest } from '../subject.js'
import { suiteRow } from '../suite-rows.js'
import { Violation } from '../violation.js'

export const sessionChecks = group(
  { id: 'session', rule: 'plugin.proto, Plugin.Session', needs: { capabilities: ['session'] } },
  [
    {
      id: 'answers',
      title: 'every call is answered exactly once, with its id and its own answer',
      run: (subject) =>
        inSession(subject, async (session, calls) => {
          const ids: number[] = []
          for (let frame = 0; frame < 40; frame++) {
            ids.push(...session.send(range(5).map((index) => calls.call(frame * 5 + index))))
            if (frame % 8 === 0) await delay(1)
          }
          verifyAll(calls, await session.messages(ids))
          await expectNoMore(session)
        }),
    },
    {
      id: 'full-frame',
      title: `a frame of ${maxFrameCalls} calls is answered`,
      run: (subject) =>
        inSession(subject, async (session, calls) => {
          const ids = session.send(range(maxFrameCalls).map((index) => calls.call(index)))
          verifyAll(calls, await session.messages(ids))
        }),
    },
    {
      id: 'large-call',
      title: 'a call of a megabyte that stands alone is answered',
      run: (subject) =>
        inSession(subject, async (session, calls) => {
          const large = session.send([calls.large(1024 * 1024)])
          const small = session.send([calls.call(0)])
          await session.messages(large)
          verifyAll(calls, await session.messages(small))
        }),
    },
    {
      id: 'errors',
      title: 'a call that is refused has an error with its reason in its reply, and the others are answered',
      rule: 'plugin.proto, Reply.error',
      run: (subject) =>
        inSession(subject, async (session, calls) => {
          const [first, wrong, last] = session.send([calls.call(0), calls.wrong.call, calls.call(1)])
          const error = await session.refusal(wrong!)
          expectThat(calls.wrong.reasons.includes(error.reason), `reason ${calls.wrong.reasons.join(' or ')}`, error)
          verifyAll(calls, await session.messages([first!, last!]))
        }),
    },
    {
      id: 'unknown-method',
      title: 'a method that a session does not carry is refused for that call only',
      rule: 'plugin.proto, Method',
      run: (subject) =>
        inSession(subject, async (session, calls) => {
          const unknown = [session.sendRaw((id) => rawCall(id, 0)), session.sendRaw((id) => rawCall(id, 99))]
          for (const id of unknown) await session.refusal(id)
          verifyAll(calls, await session.messages(session.send([calls.call(0)])))
        }),
    },
    {
      id: 'unserved',
      title: 'a method that the plugin does not serve is answered unsupported',
      rule: 'plugin.proto, Method',
      run: (subject) =>
        inSession(subject, async (session) => {
          for (const call of await unservedCalls(subject)) {
            const error = await session.refusal(session.send([call])[0]!)
            expectEqual(`the reason for ${call.method}`, error.reason, 'unsupported')
          }
        }),
    },
    {
      id: 'cancel',
      title: 'a call that was cancelled is answered exactly once, whether it had ended or not',
      rule: 'plugin.proto, SessionRequest.cancel',
      run: (subject) =>
        inSession(subject, async (session, calls) => {
          const early = range(10).map(() => {
            const id = session.nextId
            return session.send([calls.call(0)], [id])[0]!
          })
          const answered = session.send([calls.call(1)])
          await session.answers([...early, ...answered])
          session.send([], [...early, ...answered])
          await expectNoMore(session)
          verifyAll(calls, await session.messages(session.send([calls.call(0)])))
        }),
    },
    {
      id: 'cancel-slow',
      title: 'a slow call that was cancelled is answered at once, and only once',
      rule: 'plugin.proto, SessionRequest.cancel',
      needs: { role: 'db', seed: ['slow'] },
      run: (subject) =>
        inSession(subject, async (session, calls) => {
          const [slow] = session.send([slowCall(subject, 60_000)])
          await delay(200)
          session.send([], [slow!])
          await session.refusal(slow!, 2500)
          verifyAll(calls, await session.messages(session.send([calls.call(0)])))
          await expectNoMore(session)
        }),
    },
    {
      id: 'timeout',
      title: 'a call past its timeout_ms is answered timeout at once, and others meanwhile',
      rule: 'plugin.proto, Call.timeout_ms',
      needs: { role: 'db', seed: ['slow'] },
      run: (subject) =>
        inSession(subject, async (session, calls) => {
          const [slow] = session.send([slowCall(subject, 500)])
          const others = session.send([calls.call(0), calls.call(1)])
          const error = await session.refusal(slow!, 2800)
          expectEqual('the reason', error.reason, 'timeout')
          verifyAll(calls, await session.messages(others))
        }),
    },
    {
      id: 'two',
      title: 'two sessions at once have ids of their own',
      run: (subject) =>
        inSession(subject, async (session, calls) => {
          await inSession(subject, async (other) => {
            const here = session.send(range(20).map((index) => calls.call(index)))
            const there = other.send(range(20).map((index) => calls.call(index + 3)))
            verifyAll(calls, await session.messages(here))
            const answers = await other.messages(there)
            for (const [index, message] of answers.entries()) calls.verify(index + 3, message)
          })
          // The end of one is not the end of the other.
          verifyAll(calls, await session.messages(session.send([calls.call(0)])))
        }),
    },
    {
      id: 'frames',
      title: `replies leave in frames of at most ${maxFrameCalls} replies or ${maxFrameBytes / 1024} KiB`,
      rule: 'plugin.proto, Plugin.Session, one stream message',
      run: (subject) =>
        inSession(subject, async (session, calls) => {
          const small = range(5).flatMap((frame) =>
            session.send(range(64).map((index) => calls.call(frame * 64 + index))),
          )
          verifyAll(calls, await session.messages(small))
          const expected = await bulkyCalls(subject)
          const bulky = range(4).flatMap(() => session.send(range(16).map(() => expected.call)))
          for (const message of await session.messages(bulky, 30_000)) expected.verify(message)
        }),
    },
  ],
)

const inSession = async (
  subject: Subject,
  use: (session: SessionClient, calls: SampleCalls) => Promise<void>,
): Promise<void> => {
  const calls = await sampleCalls(subject)
  const plugin = await subject.plugin()
  subject.lastCall = 'Session'
  const session = new SessionClient(plugin.process.channel.data)
  try {
    await use(session, calls)
  } finally {
    session.close()
  }
}

const verifyAll = (calls: SampleCalls, messages: readonly Buffer[]): void => {
  for (const [index, message] of messages.entries()) calls.verify(index, message)
}

// A second reply may come late.
const expectNoMore = async (session: SessionClient): Promise<void> => {
  await delay(300)
  session.check()
}

// SessionRequest { calls: [{ id, method }] } with a number that no list of methods has.
const rawCall = (id: number, method: number): Buffer => {
  if (id > 127) throw new Error('a raw call must come early in its session')
  return Buffer.from([0x0a, 4, 0x08, id, 0x10, method])
}

const unservedCalls = async (subject: Subject) => {
  const { capabilities, roles } = await (await subject.plugin()).info()
  const none = Buffer.alloc(0)
  const methods: [Method, boolean][] = [
    ['CallFunction', roles.includes('db') && capabilities.includes('functions')],
    ['Query', roles.includes('db') && capabilities.includes('query')],
    ['EnsureTable', roles.includes('db') && capabilities.includes('ensure_table')],
    ['TableBatch', roles.includes('db') && capabilities.includes('batch')],
    ['TableGet', roles.includes('db')],
    ['CacheGet', roles.includes('cache')],
    ['CacheDelete', roles.includes('cache') && capabilities.includes('cache_delete')],
  ]
  return methods.filter(([, isServed]) => !isServed).map(([method]) => ({ method, message: none, timeoutMs: 5000 }))
}

const slowCall = ({ table }: Subject, timeoutMs: number) =>
  callOf('TableGet', dbService.TableGet, wholeRequest(dbService.TableGet, { table: table.slow! }), timeoutMs)

/** A call whose answer takes so much room that few fit a frame. */
const bulkyCalls = async (subject: Subject) => {
  const { roles } = await (await subject.plugin()).info()
  if (roles.includes('db') && subject.seed !== undefined && !subject.seed.readOnly) return bulkyTable(subject)
  if (roles.includes('cache')) return bulkyCache(subject)
  return readOnlyTable(subject)
}

const bulkyTable = async (subject: Subject) => {
  const rows = range(5).map((index) => suiteRow(100 + index, { text: JSON.stringify('x'.repeat(6000)) }))
  await subject.create(rows, { returning: 'none' })
  const { table, key, columns } = subject.table
  const request = { table, where: compare(key, 'gte', '100'), select: [columnAs('t', columns.text!)] }
  return tableCall(request, (count) => expectEqual('the number of rows', count, 5))
}

const readOnlyTable = async ({ table: { table, key } }: Subject) =>
  tableCall({ table, ordering: [order(key)] }, (count) => expectEqual('the number of rows', count, 8))

const tableCall = (request: Parameters<typeof wholeTableGet>[0], verify: (rowCount: number) => void) => ({
  call: callOf('TableGet', dbService.TableGet, wholeTableGet(request)),
  verify: (message: Buffer) => verify(rowsOf(dbService.TableGet.responseDeserialize(message)).length),
})

const wholeTableGet = (request: Parameters<Subject['get']>[0]) => wholeRequest(dbService.TableGet, request ?? {})

const bulkyCache = async (subject: Subject) => {
  const key = `easyrest-conformance:bulky:${process.pid}`
  const value = 'x'.repeat(30_000)
  await subject.call(cacheService.Set, { key, value, ttlMs: 60_000 })
  return {
    call: callOf('CacheGet', cacheService.Get, { key }),
    verify: (message: Buffer) => {
      const { value: received } = cacheService.Get.responseDeserialize(message)
      if (received !== value) throw new Violation('the value of 30,000 letters', show(received))
    },
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
