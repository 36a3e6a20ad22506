import { availableParallelism } from 'node:os'
import { dbService, type InitConnectionRequest, type Method, PluginError } from '@easyrest/protocol'
import type { Call, ServedCall } from '../call.js'
import type { DbService } from '../db-service.js'
import type { Operation, Operations } from '../dispatch.js'
import type { Services } from '../services.js'
import { PluginThread, type ThreadCall } from './plugin-thread.js'
import type { ThreadRole } from './thread-messages.js'
import type { ThreadOptions } from './thread-options.js'
import { ThreadStream } from './thread-stream.js'

/**
 * Serves both roles from worker threads: writes from one, reads from others. The main thread only passes bytes on, so
 * it answers health checks and deadlines whatever a query does.
 */
export class ThreadPool implements Services {
  readonly db: DbService | undefined
  readonly cache: Operations | undefined
  private readonly writer: PluginThread
  private readonly readers: PluginThread[] = []
  /** Threads for long answers, which keep a read transaction open and so must not serve other reads. */
  private readonly streamers: PluginThread[] = []
  private readonly waitingStreams: (() => void)[] = []
  private readonly inits = new Map<ThreadRole, Uint8Array>()
  private alone = false
  private watch: NodeJS.Timeout | undefined

  /** @param described what the same roles serve without threads: the pool serves that */
  constructor(
    private readonly options: ThreadOptions,
    private readonly schemes: readonly string[],
    private readonly described: Services,
    private readonly onDeath: (error: Error) => void,
  ) {
    this.writer = this.newThread()
    this.readers.push(this.newThread())
    this.db = described.db && {
      operations: this.operations('db', '', described.db.operations),
      tableGetStream: described.db.tableGetStream && ((request, call) => this.stream(request, call)),
    }
    this.cache = described.cache && this.operations('cache', 'Cache', described.cache)
  }

  async close(): Promise<void> {
    clearInterval(this.watch)
    await Promise.all([this.writer, ...this.readers, ...this.streamers].map((thread) => thread.close()))
    if (this.options.inMain !== undefined) await this.described.close()
  }

  private operations(role: ThreadRole, prefix: string, described: Operations): Operations {
    return Object.fromEntries(
      Object.entries(described).map(([name, inMain]) => {
        if (role === 'db' && this.options.inMain?.includes(name as Method)) return [name, inMain]
        const answer: Operation['answer'] =
          name === 'InitConnection'
            ? (message, call) => this.initialise(role, message, call)
            : (message, call) => this.run(`${prefix}${name}` as Method, message, call)
        return [name, { name, answer }]
      }),
    )
  }

  /** The writer comes first: it may have to create what the readers open. */
  private async initialise(role: ThreadRole, message: Buffer, call: Call): Promise<Buffer> {
    const { uri }: InitConnectionRequest = dbService.InitConnection.requestDeserialize(message)
    const answer = await this.writer.initialise(role, message)
    if (role === 'db' && this.options.inMain !== undefined) {
      await this.described.db!.operations.InitConnection!.answer(message, call)
    }
    if (role === 'db') {
      this.alone = this.options.alone?.(uri) ?? false
      if (!this.alone) await Promise.all(this.readers.map((reader) => reader.initialise(role, message)))
      this.inits.set(role, Buffer.from(message))
    }
    return answer
  }

  private run(method: Method, message: Buffer, call: Call): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const threadCall: ThreadCall = { method, message, resolve, reject }
      this.threadFor(method).call(threadCall)
      // The doors hand in ServedCall, whose end is an event: a query that nobody waits for should stop.
      ;(call as ServedCall).onEnd((reason) => {
        threadCall.giveUp?.()
        reject(reason)
      })
    })
  }

  private threadFor(method: Method): PluginThread {
    if (this.alone || !reads.has(method)) return this.writer
    this.watch ??= setInterval(() => this.relieve(), stallMs / 2).unref()
    return leastLoaded(this.readers)
  }

  /** Calls behind a long query move to another reader. */
  private relieve(): void {
    const stalled = this.readers.filter((reader) => reader.busyMs > stallMs && reader.waiting > 0)
    for (const reader of stalled) {
      const free = this.readers.find((other) => other.busyMs <= stallMs)
      if (free !== undefined) move(reader, free)
      else if (this.readers.length < maxReaders) void this.addReader()
    }
    const idle = this.readers.every((reader) => reader.load === 0)
    if (!idle) return
    clearInterval(this.watch)
    this.watch = undefined
  }

  private async addReader(): Promise<void> {
    const reader = this.newThread()
    this.readers.push(reader)
    await this.prepare(reader)
  }

  /** Messages are read in order, so calls that come before the connection is made simply wait for it. */
  private prepare(thread: PluginThread): Promise<unknown> {
    return Promise.all([...this.inits].map(([role, message]) => thread.initialise(role, message))).catch(this.onDeath)
  }

  private async *stream(request: Buffer, call: Call): AsyncGenerator<Buffer> {
    if (this.alone) throw new PluginError('unsupported', 'a database in memory has no streams; use limit')
    const thread = await this.streamer()
    const stream = new ThreadStream(thread, request)
    ;(call as ServedCall).onEnd((error) => stream.cancel(error))
    try {
      yield* stream.chunks()
    } finally {
      await stream.finish()
      thread.isReserved = false
      this.waitingStreams.shift()?.()
    }
  }

  /** A thread that is reserved for the caller before anything is waited for, so that no two streams get the same. */
  private async streamer(): Promise<PluginThread> {
    for (;;) {
      const free = this.streamers.find((thread) => !thread.isReserved)
      if (free !== undefined) {
        free.isReserved = true
        return free
      }
      if (this.streamers.length < maxStreamers) return this.addStreamer()
      await new Promise<void>((resolve) => this.waitingStreams.push(resolve))
    }
  }

  private async addStreamer(): Promise<PluginThread> {
    const thread = this.newThread()
    thread.isReserved = true
    this.streamers.push(thread)
    await this.prepare(thread)
    return thread
  }

  private newThread(): PluginThread {
    return new PluginThread({ module: this.options.module.href, schemes: this.schemes }, this.onDeath)
  }
}

const reads: ReadonlySet<Method> = new Set<Method>(['TableGet', 'GetSchema', 'Query'])

const leastLoaded = (threads: readonly PluginThread[]): PluginThread =>
  threads.reduce((best, thread) => (score(thread) < score(best) ? thread : best))

// A thread that hangs in a long query is the last choice, however little waits behind it.
const score = (thread: PluginThread): number => thread.load + (thread.busyMs > stallMs ? 1_000_000 : 0)

const move = (from: PluginThread, to: PluginThread): void => {
  for (const call of from.takeWaiting()) to.call(call)
}

/** A reader that has not answered for this long is in a long query. */
const stallMs = 40

// One busy reader feeds one processor; more are started only when all hang.
const maxReaders = Math.max(8, availableParallelism())
const maxStreamers = 4
