import { Worker } from 'node:worker_threads'
import {
  type CallReply,
  frameLength,
  fromErrorMessage,
  type Method,
  type PluginError,
  type SessionCall,
  sessionReplyWire,
  sessionRequestWire,
} from '@easyrest/protocol'
import { newRingMemory, SharedRing } from './shared-ring.js'
import {
  type FromThread,
  type PassedFrame,
  passFrame,
  SharedState,
  streamId,
  type ThreadData,
  type ThreadRole,
  type ToThread,
  takeFrame,
  transferList,
} from './thread-messages.js'

/** A call on its way through a thread. */
export interface ThreadCall {
  readonly method: Method
  readonly message: Uint8Array
  readonly resolve: (answer: Buffer) => void
  readonly reject: (error: PluginError) => void
  /** Set by the thread that has the call: nobody waits for it any more. */
  giveUp?: () => void
}

/** One worker thread as the main thread sees it. Calls of one turn of the event loop go over together. */
export class PluginThread {
  private readonly worker: Worker
  private readonly state = new SharedState()
  private readonly callRing: SharedRing
  private readonly replyRing: SharedRing
  private readonly calls = new Map<number, ThreadCall>()
  private queue: SessionCall[] = []
  private lastId = 0
  /** When the oldest batch that is not answered went over; 0: there is none. */
  private busySince = 0
  private batches = 0
  private init: { resolve: (answer: Buffer) => void; reject: (error: Error) => void } | undefined
  private lastInit: Promise<unknown> = Promise.resolve()
  private stream: StreamReader | undefined
  private closed: (() => void) | undefined

  /** @param onDeath told when the thread ends by itself: its program is broken */
  constructor(data: Pick<ThreadData, 'module' | 'schemes'>, onDeath: (error: Error) => void) {
    const callMemory = newRingMemory()
    const replyMemory = newRingMemory()
    this.callRing = new SharedRing(callMemory)
    this.replyRing = new SharedRing(replyMemory)
    const workerData: ThreadData = { ...data, state: this.state.memory, callMemory, replyMemory }
    this.worker = new Worker(new URL('./thread-main.js', import.meta.url), { workerData })
    this.worker.on('message', (message: FromThread) => this.receive(message))
    this.worker.on('error', onDeath)
    this.worker.on('exit', (code) => {
      if (this.closed === undefined) onDeath(new Error(`a worker thread ended with exit code ${code}`))
    })
  }

  /** Calls that are not answered. */
  get load(): number {
    return this.calls.size
  }

  /** Calls that wait behind the one that runs, which may be one that nobody waits for any more. */
  get waiting(): number {
    return this.waitingIds().length
  }

  /** Kept for one stream, from before it begins until it has ended. */
  isReserved = false

  /** Milliseconds since the thread last answered, while it has something to answer. */
  get busyMs(): number {
    return this.busySince === 0 ? 0 : performance.now() - this.busySince
  }

  /** One after the other, in the order of the calls: there is one place for the answer. */
  initialise(role: ThreadRole, message: Uint8Array): Promise<Buffer> {
    const answer = this.lastInit.then(() => this.postInit(role, message))
    this.lastInit = answer.catch(() => {})
    return answer
  }

  private postInit(role: ThreadRole, message: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.init = { resolve, reject }
      this.post({ kind: 'init', role, message })
    })
  }

  call(call: ThreadCall): void {
    const id = ++this.lastId
    this.calls.set(id, call)
    if (this.queue.length === 0) queueMicrotask(() => this.flush())
    this.queue.push({ id, method: call.method, message: call.message, timeoutMs: 0 })
    call.giveUp = () => this.giveUp(id)
  }

  /** Takes back the calls that wait: another thread may answer them sooner. */
  takeWaiting(): ThreadCall[] {
    return this.waitingIds().map((id) => {
      const call = this.calls.get(id)!
      this.calls.delete(id)
      // This thread has it too, and must not do it again.
      this.state.giveUp(id)
      return call
    })
  }

  startStream(message: Uint8Array, reader: StreamReader): void {
    this.stream = reader
    this.state.forget(streamId)
    this.post({ kind: 'stream', message })
    for (let credit = 1; credit < chunksAhead; credit++) this.post({ kind: 'credit' })
  }

  /** The reader has taken a chunk. */
  nextChunk(): void {
    this.post({ kind: 'credit' })
  }

  cancelStream(): void {
    this.state.giveUp(streamId)
    this.post({ kind: 'credit' })
  }

  /** Resolves when the thread has closed its databases and is gone; never interrupts native code, which would abort. */
  async close(): Promise<void> {
    this.state.giveUp(this.state.running)
    this.state.giveUp(streamId)
    await new Promise<void>((resolve) => {
      this.closed = resolve
      this.post({ kind: 'close' })
    })
    await this.worker.terminate()
  }

  private waitingIds(): number[] {
    return [...this.calls.keys()].filter((id) => this.state.isWaiting(id))
  }

  private giveUp(id: number): void {
    if (!this.calls.delete(id)) return
    // One that has not begun yet is skipped when its turn comes.
    this.state.giveUp(id)
  }

  private flush(): void {
    const queue = this.queue
    this.queue = []
    for (let from = 0; from < queue.length; ) {
      const count = frameLength(queue, from)
      const calls = queue.slice(from, from + count)
      const frame = passFrame(this.callRing, sessionRequestWire.encode({ calls, cancel: [] }))
      from += count
      this.batches++
      if (this.busySince === 0) this.busySince = performance.now()
      this.worker.postMessage({ kind: 'calls', frame } satisfies ToThread, transferList(frame))
    }
  }

  private receive(message: FromThread): void {
    if (message.kind === 'replies') this.receiveReplies(message.frame)
    else if (message.kind === 'chunk') this.stream?.chunk(Buffer.from(message.message.buffer))
    else if (message.kind === 'end') this.endStream(message.error && fromErrorMessage(message.error))
    else if (message.kind === 'init') this.endInit(message)
    else this.closed?.()
  }

  private receiveReplies(passed: PassedFrame): void {
    this.batches--
    this.busySince = this.batches === 0 ? 0 : performance.now()
    for (const reply of sessionReplyWire.decode(takeFrame(this.replyRing, passed)).replies) this.settle(reply)
  }

  private settle({ id, message, error }: CallReply): void {
    const call = this.calls.get(id)
    this.calls.delete(id)
    if (error === undefined) call?.resolve(message as Buffer)
    else call?.reject(fromErrorMessage(error))
  }

  private endInit({ message, error }: Extract<FromThread, { kind: 'init' }>): void {
    if (error === undefined) this.init?.resolve(Buffer.from(message))
    else this.init?.reject(fromErrorMessage(error))
    this.init = undefined
  }

  private endStream(error: PluginError | undefined): void {
    const reader = this.stream
    this.stream = undefined
    reader?.end(error)
  }

  private post(message: ToThread): void {
    this.worker.postMessage(message)
  }
}

export interface StreamReader {
  /** The bytes of a TableGetChunk. */
  chunk(message: Buffer): void
  end(error: PluginError | undefined): void
}

/** Chunks made before the first is taken: one in the making, one on its way. */
const chunksAhead = 2
