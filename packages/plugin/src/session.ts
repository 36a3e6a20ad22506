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
import { clipError } from './error-status.js'

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
  private writable = true
  private ended = false
  private onIdle: (() => void) | undefined

  /** @param send takes a frame; returns false when the peer should be given time (then call `resume`) */
  constructor(
    private readonly operations: SessionOperations,
    private readonly dispatch: Dispatch,
    private readonly send: (frame: Buffer) => boolean,
  ) {}

  /** Throws WireError or RangeError when the frame breaks the rules of the session; then `end` it. */
  receive(frame: Buffer): void {
    if (this.ended) return
    if (isOversized(frame)) {
      throw new RangeError(`expected at most 64 calls or 256 KiB, got more in ${frame.length} bytes`)
    }
    const { calls, cancel } = sessionRequestWire.decode(frame)
    for (const call of calls) this.start(call)
    // A call that was answered meanwhile is no longer here.
    for (const id of cancel) this.calls.get(id)?.cancel()
  }

  resume(): void {
    this.writable = true
    if (this.replies.length > 0) this.planFlush()
  }

  /** The peer sends no more calls. `onIdle` is told when the last reply has been sent. */
  finish(onIdle: () => void): void {
    this.onIdle = onIdle
    this.tellIdle()
  }

  /** The peer is gone: nobody waits for any answer. */
  end(): void {
    this.ended = true
    this.replies.length = 0
    for (const call of this.calls.values()) call.cancel()
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
      (answer) => this.succeed(id, answer),
      (error: PluginError) => this.fail(id, error),
    )
  }

  private succeed(id: number, message: Buffer): void {
    // It would end the stream, and with it every other call. No `too_large`: a write has happened nevertheless.
    if (message.length > maxAnswerBytes) this.fail(id, new PluginError('internal', 'the answer is larger than 64 MiB'))
    else this.reply({ id, message, error: undefined })
  }

  private fail(id: number, error: PluginError): void {
    this.reply({ id, message: noBytes, error: toErrorMessage(clipError(error)) })
  }

  private reply(reply: CallReply): void {
    this.calls.delete(reply.id)
    if (this.ended) return
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
      const replies = this.replies.slice(from, from + frameLength(this.replies, from))
      from += replies.length
      this.writable = this.send(sessionReplyWire.encode({ replies }))
    }
    this.replies.splice(0, from)
    this.tellIdle()
  }

  private tellIdle(): void {
    if (this.ended || this.calls.size > 0 || this.replies.length > 0) return
    this.onIdle?.()
    this.onIdle = undefined
  }
}

const noBytes = Buffer.alloc(0)

// What a gRPC message may be, less the frame around the answer.
const maxAnswerBytes = 64 * 1024 * 1024 - 64
