import {
  type CallReply,
  frameLength,
  fromErrorMessage,
  isOversized,
  type Method,
  maxFrameBytes,
  pluginService,
  type Rpc,
  type SessionCall,
  sessionReplyWire,
  sessionRequestWire,
} from '@easyrest/protocol'
import type { Client, ClientDuplexStream } from '@grpc/grpc-js'
import { CallError } from './call-error.js'
import type { Caller, CallLimits } from './caller.js'
import type { CancelSignal } from './cancel-signal.js'

/**
 * Carries calls on one stream: those of one turn of the event loop leave together, so that a call costs microseconds.
 * A peer that breaks a rule of the session, or a stream that ends, ends every call in flight and is reported.
 */
export class SessionCaller implements Caller {
  /** By id: calls that somebody waits for. */
  private readonly pending = new Map<number, PendingCall>()
  /** Calls that were sent and given up, and when: the plugin still owes their replies. The oldest comes first. */
  private readonly owed = new Map<number, number>()
  /** Calls that were not handed to the stream yet. */
  private readonly queue: PendingCall[] = []
  private readonly cancels: number[] = []
  private readonly stream: ClientDuplexStream<Buffer, Buffer>
  private lastId = 0
  private flushPlanned = false
  private writable = true
  private ended: CallError | undefined

  /**
   * @param others carries the calls that are never inside a session
   * @param onBroken told once which rule was broken; the process is of no use any more
   * @param patienceMs how long a plugin may owe the reply to a call that was given up
   */
  constructor(
    client: Client,
    private readonly others: Caller,
    private readonly onBroken: (reason: string) => void,
    private readonly patienceMs = 30_000,
  ) {
    const { path } = pluginService.Session
    this.stream = client.makeBidiStreamRequest(path, same, same)
    this.stream.on('data', (frame: Buffer) => this.receive(frame))
    this.stream.on('drain', () => this.resume())
    this.stream.on('error', (error) => this.breakOff(`the session stream failed: ${error.message}`))
    this.stream.on('end', () => this.breakOff('the plugin ended the session stream'))
  }

  get inFlight(): number {
    return this.pending.size + this.others.inFlight
  }

  call<Request, Response>(
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    limits: CallLimits,
  ): Promise<Response> {
    if (method === 'unspecified') return this.others.call(rpc, method, request, limits)
    if (this.ended !== undefined) return Promise.reject(notSent(this.ended))
    if (limits.signal?.aborted) return Promise.reject(gaveUp(false))
    const message = rpc.requestSerialize(request)
    // On the stream it would hold up the calls behind it; and one that is larger than the plugin takes ends the stream.
    if (message.length > maxFrameBytes) return this.others.call(rpc, method, request, limits)
    return new Promise((resolve, reject) => {
      const answers = { deserialize: rpc.responseDeserialize, resolve: resolve as (response: unknown) => void, reject }
      const call = new PendingCall(++this.lastId, method, message, limits, answers)
      call.watch(this.abandon)
      this.pending.set(call.id, call)
      this.queue.push(call)
      this.planFlush()
    })
  }

  close(): void {
    this.others.close()
    this.end(new CallError('crashed', 'the plugin process is gone', { sent: true }))
    this.stream.cancel()
  }

  // All calls of this turn, and those that answers of this turn lead to, leave in one write.
  private planFlush(): void {
    if (this.flushPlanned || !this.writable) return
    this.flushPlanned = true
    setImmediate(() => {
      this.flushPlanned = false
      this.flush()
    })
  }

  private flush(): void {
    if (this.ended !== undefined) return
    // In a frame of their own: beside calls they could make it larger than a frame may be.
    if (this.cancels.length > 0) this.write([], this.cancels.splice(0))
    let from = 0
    while (this.writable && from < this.queue.length) {
      const calls = this.queue.slice(from, from + frameLength(this.queue, from))
      from += calls.length
      this.write(calls, [])
    }
    this.queue.splice(0, from)
  }

  private write(calls: readonly PendingCall[], cancel: readonly number[]): void {
    const frame = sessionRequestWire.encode({ calls, cancel })
    for (const call of calls) call.becomeSent()
    this.writable = this.stream.write(frame)
  }

  private resume(): void {
    this.writable = true
    if (this.queue.length > 0 || this.cancels.length > 0) this.planFlush()
  }

  private receive(frame: Buffer): void {
    if (this.ended !== undefined) return
    try {
      if (isOversized(frame)) {
        throw new RangeError(`a stream message of ${frame.length} bytes holds more replies than it may`)
      }
      for (const reply of sessionReplyWire.decode(frame).replies) this.answer(reply)
    } catch (error) {
      this.breakOff(`the plugin broke a rule of the session: ${(error as Error).message}`)
    }
  }

  private answer(reply: CallReply): void {
    const call = this.pending.get(reply.id)
    if (call?.sent) {
      this.pending.delete(reply.id)
      call.settle(reply)
    } else if (!this.owed.delete(reply.id)) {
      throw new RangeError(`a reply names call ${reply.id}, which is unknown or answered already`)
    }
  }

  /** Nobody waits any more. The plugin still owes a reply to a call that was sent; it is then dropped. */
  private readonly abandon = (call: PendingCall, makeError: (sent: boolean) => CallError): void => {
    if (!this.pending.delete(call.id)) return
    call.fail(makeError(call.sent))
    if (call.sent) this.cancel(call.id)
    else this.queue.splice(this.queue.indexOf(call), 1)
  }

  private cancel(id: number): void {
    const now = performance.now()
    const [since] = this.owed.values()
    if (since !== undefined && now - since > this.patienceMs) {
      this.breakOff(`the plugin broke a rule of the session: a call given up ${this.patienceMs} ms ago has no reply`)
      return
    }
    this.owed.set(id, now)
    this.cancels.push(id)
    this.planFlush()
  }

  private breakOff(reason: string): void {
    if (this.ended !== undefined) return
    this.end(new CallError('crashed', reason, { sent: true }))
    this.stream.cancel()
    this.onBroken(reason)
  }

  private end(error: CallError): void {
    if (this.ended !== undefined) return
    this.ended = error
    for (const call of this.pending.values()) call.fail(call.sent ? error : notSent(error))
    this.pending.clear()
    this.owed.clear()
    this.queue.length = 0
    this.cancels.length = 0
  }
}

interface Answers {
  readonly deserialize: (bytes: Buffer) => unknown
  readonly resolve: (response: unknown) => void
  readonly reject: (error: Error) => void
}

/** A call that somebody waits for, in the shape a frame takes it in. */
class PendingCall implements SessionCall {
  /** It was handed to the stream, so the plugin may have seen it. */
  sent = false
  readonly timeoutMs: number
  private readonly signal: CancelSignal | undefined
  private timer: NodeJS.Timeout | undefined
  private onAbort: (() => void) | undefined

  constructor(
    readonly id: number,
    readonly method: Method,
    public message: Uint8Array,
    { timeoutMs, signal }: CallLimits,
    private readonly answers: Answers,
  ) {
    // setTimeout fires at once beyond 2^31 - 1 ms.
    this.timeoutMs = Math.min(Math.ceil(timeoutMs), 2 ** 31 - 1)
    this.signal = signal
  }

  watch(abandon: (call: PendingCall, makeError: (sent: boolean) => CallError) => void): void {
    this.timer = setTimeout(abandon, this.timeoutMs, this, timedOut)
    if (this.signal === undefined) return
    this.onAbort = () => abandon(this, gaveUp)
    this.signal.addEventListener('abort', this.onAbort, { once: true })
  }

  /** The frame holds a copy of the bytes. */
  becomeSent(): void {
    this.sent = true
    this.message = noBytes
  }

  settle({ message, error }: CallReply): void {
    this.finish()
    if (error !== undefined) this.answers.reject(fromErrorMessage(error))
    else this.deliver(message as Buffer)
  }

  fail(error: Error): void {
    this.finish()
    this.answers.reject(error)
  }

  private deliver(message: Buffer): void {
    try {
      this.answers.resolve(this.answers.deserialize(message))
    } catch (cause) {
      const text = `the plugin's answer breaks the contract: ${cause}`
      this.answers.reject(new CallError('protocol', text, { sent: true, cause }))
    }
  }

  private finish(): void {
    clearTimeout(this.timer)
    if (this.onAbort !== undefined) this.signal?.removeEventListener('abort', this.onAbort)
  }
}

const timedOut = (sent: boolean): CallError => new CallError('timeout', 'no answer before the deadline', { sent })

const gaveUp = (sent: boolean): CallError => new CallError('cancelled', 'the caller gave up', { sent })

const notSent = (error: CallError): CallError => new CallError(error.kind, error.message, { sent: false, cause: error })

const same = (bytes: Buffer): Buffer => bytes

const noBytes = Buffer.alloc(0)
