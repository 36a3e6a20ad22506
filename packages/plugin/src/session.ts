import {
  type CallReply,
  frameLength,
  isOversized,
  type Method,
  PluginError,
  type SessionCall,
  sessionReplyWire,
  sessionRequestWire,
  toErrorMessage,
} from '@easyrest/protocol'
import { ServedCall } from './call.js'
import type { Dispatch, Operation } from './dispatch.js'

/** What a session serves: methods of both services by the names plugin.proto gives them in a frame. */
export type SessionOperations = Partial<Record<Method, Operation>>

/**
 * One session as its server side sees it, whatever carries the frames. Answers of one turn of the event loop leave
 * together.
 */
export class Session {
  private readonly calls = new Map<number, ServedCall>()
  private readonly replies: CallReply[] = []
  private lastId = 0
  private flushPlanned = false

  /** @param send takes a frame; returns false when the peer should be given time (then call `resume`) */
  constructor(
    private readonly operations: SessionOperations,
    private readonly dispatch: Dispatch,
    private readonly send: (frame: Buffer) => boolean,
  ) {}

  private writable = true

  /** Throws WireError or RangeError when the frame breaks the rules of the session. */
  receive(frame: Buffer): void {
    const { calls, cancel } = sessionRequestWire.decode(frame)
    if (isOversized(calls.length, frame.length)) {
      throw new RangeError(`expected at most 64 calls or 256 KiB, got ${calls.length} in ${frame.length} bytes`)
    }
    for (const call of calls) this.start(call)
    for (const id of cancel) this.calls.get(id)?.cancel()
  }

  resume(): void {
    this.writable = true
    if (this.replies.length > 0) this.planFlush()
  }

  /** The peer is gone: nobody waits for any answer. */
  end(): void {
    for (const call of this.calls.values()) call.cancel()
    this.writable = false
  }

  private start({ id, method, message, timeoutMs }: SessionCall): void {
    if (id <= this.lastId) throw new RangeError(`expected a call id above ${this.lastId}, got ${id}`)
    this.lastId = id
    const operation = this.operations[method]
    if (operation === undefined) {
      this.fail(id, new PluginError('unsupported', `the plugin does not serve ${method}`))
      return
    }
    const call = new ServedCall(timeoutMs === 0 ? Number.POSITIVE_INFINITY : timeoutMs)
    this.calls.set(id, call)
    this.dispatch.run(operation, message as Buffer, call).then(
      (answer) => this.reply({ id, message: answer, error: undefined }),
      (error: PluginError) => this.fail(id, error),
    )
  }

  private fail(id: number, error: PluginError): void {
    this.reply({ id, message: noBytes, error: toErrorMessage(error) })
  }

  private reply(reply: CallReply): void {
    this.calls.delete(reply.id)
    this.replies.push(reply)
    this.planFlush()
  }

  private planFlush(): void {
    if (this.flushPlanned || !this.writable) return
    this.flushPlanned = true
    setImmediate(() => {
      this.flushPlanned = false
      this.flush()
    })
  }

  private flush(): void {
    let from = 0
    while (this.writable && from < this.replies.length) {
      const count = frameLength(this.replies, from)
      const replies = this.replies.slice(from, from + count)
      from += count
      this.writable = this.send(sessionReplyWire.encode({ replies }))
    }
    this.replies.splice(0, from)
  }
}

const noBytes = Buffer.alloc(0)
