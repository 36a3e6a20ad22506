import { parentPort, workerData } from 'node:worker_threads'
import {
  type CallReply,
  type ErrorMessage,
  type SessionCall,
  sessionReplyWire,
  sessionRequestWire,
  toErrorMessage,
} from '@easyrest/protocol'
import { createCacheOperations } from '../cache-service.js'
import type { Call } from '../call.js'
import { createDbService } from '../db-service.js'
import type { Operations } from '../dispatch.js'
import { toPluginError } from '../plugin-failure.js'
import { SharedRing } from './shared-ring.js'
import {
  type FromThread,
  type PassedFrame,
  passFrame,
  SharedState,
  streamId,
  type ThreadData,
  type ToThread,
  takeFrame,
  transferable,
  transferList,
} from './thread-messages.js'
import type { ThreadModule } from './thread-options.js'

// Small buffers are cut from large ones: thousands of messages a second would else be as many allocations.
Buffer.poolSize = 256 * 1024

// The program of a worker thread: one instance of each role, calls one after the other.
const port = parentPort!
const { module, schemes, state: memory, callMemory, replyMemory } = workerData as ThreadData
const state = new SharedState(memory)
const callRing = new SharedRing(callMemory)
const replyRing = new SharedRing(replyMemory)
const { createDb, createCache } = (await import(module)) as ThreadModule
const db = createDb?.()
const cache = createCache?.()
const dbServed = db && createDbService(db, schemes)
const cacheServed = cache && createCacheOperations(cache, schemes)
const operations: Operations = {
  ...dbServed?.operations,
  ...Object.fromEntries(Object.entries(cacheServed ?? {}).map(([name, operation]) => [`Cache${name}`, operation])),
}
let credits: { resolve: () => void } | undefined
let creditCount = 0

port.on('message', (message: ToThread) => {
  if (message.kind === 'calls') void answerCalls(message.frame)
  else if (message.kind === 'init') void initialise(message)
  else if (message.kind === 'stream') void stream(message.message)
  else if (message.kind === 'credit') addCredit()
  else void close()
})

/** The sync part of a handler is all it has with a driver that blocks, so the answers leave together. */
const answerCalls = async (passed: PassedFrame): Promise<void> => {
  const replies: CallReply[] = []
  for (const call of sessionRequestWire.decode(takeFrame(callRing, passed)).calls) replies.push(await answer(call))
  state.rest()
  const frame = passFrame(replyRing, sessionReplyWire.encode({ replies }))
  send({ kind: 'replies', frame }, transferList(frame))
}

const answer = async ({ id, method, message, timeoutMs }: SessionCall): Promise<CallReply> => {
  if (state.isGivenUp(id)) return { id, message: noBytes, error: givenUp }
  state.begin(id)
  try {
    const served = await operations[method]!.answer(message as Buffer, blockedCall(id, timeoutMs))
    return { id, message: served, error: undefined }
  } catch (thrown) {
    return { id, message: noBytes, error: failure(method, thrown) }
  }
}

const initialise = async ({ role, message }: Extract<ToThread, { kind: 'init' }>): Promise<void> => {
  const name = role === 'db' ? 'InitConnection' : 'CacheInitConnection'
  try {
    const bytes = await operations[name]!.answer(Buffer.from(message), blockedCall(0, 0))
    send({ kind: 'init', message: bytes, error: undefined })
  } catch (thrown) {
    send({ kind: 'init', message: noBytes, error: failure(name, thrown) })
  }
}

const stream = async (message: Uint8Array): Promise<void> => {
  try {
    const call = blockedCall(streamId, 0)
    for await (const chunk of dbServed!.tableGetStream!(Buffer.from(message), call)) {
      const bytes = transferable(chunk)
      send({ kind: 'chunk', message: bytes }, [bytes.buffer])
      await spendCredit()
      if (call.cancelled) break
    }
    end(undefined)
  } catch (thrown) {
    end(failure('TableGetStream', thrown))
  }
}

const end = (error: ErrorMessage | undefined): void => {
  creditCount = 0
  send({ kind: 'end', error })
}

const addCredit = (): void => {
  creditCount++
  credits?.resolve()
  credits = undefined
}

const spendCredit = async (): Promise<void> => {
  while (creditCount === 0) {
    await new Promise<void>((resolve) => {
      credits = { resolve }
    })
  }
  creditCount--
}

const close = async (): Promise<void> => {
  try {
    await db?.close?.()
    await cache?.close?.()
  } finally {
    send({ kind: 'closed' })
  }
}

const failure = (name: string, thrown: unknown): ErrorMessage => toErrorMessage(toPluginError(name, thrown))

/** A call whose thread is blocked while it runs: nothing but shared memory can tell it that nobody waits any more. */
const blockedCall = (id: number, timeoutMs: number): Call => {
  const deadline = timeoutMs === 0 ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs
  return {
    // Nothing can abort it while the thread is blocked, which is when it would matter.
    signal: neverAborted,
    get remainingMs() {
      return Math.max(0, deadline - performance.now())
    },
    get cancelled() {
      return state.isGivenUp(id) || performance.now() > deadline
    },
  }
}

const send = (message: FromThread, transfer: readonly ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer)
}

const givenUp: ErrorMessage = {
  reason: 'cancelled',
  message: 'nobody waits any more',
  details: Buffer.alloc(0),
  retryAfterMs: 0,
}
const neverAborted = new AbortController().signal
const noBytes = Buffer.alloc(0)
