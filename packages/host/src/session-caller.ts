import {
  type CallReply,
  frameLength,
  fromErrorMessage,
  isOversized,
  type Method,
  pluginService,
  type Rpc,
  type SessionCall,
  sessionReplyWire,
  sessionRequestWire,
} from '@easyrest/protocol'
import type { Client, ClientDuplexStream } from '@grpc/grpc-js'
import { CallError } from './call-error.js'
import type { Caller, CallLimits } from './caller.js'

/**
 * Carries calls on one stream: those of one turn of the event loop leave together, so that a call costs microseconds.
 * A peer that breaks a rule of the session, or a stream that ends, ends every call in flight and is reported.
 */
export class SessionCaller implements Caller {
  private readonly pending = new Map<number, PendingCall>()
  private readonly queue: SessionCall[] = []
  private readonly cancels: number[] = []
  private readonly stream: ClientDuplexStream<Buffer, Buffer>
  private lastId = 0
  private waiting = 0
  private flushPlanned = false
  private writable = true
  private ended: CallError | undefined

  /**
   * @param others carries the calls that are never inside a session
   * @param onBroken told once which rule was broken; the process is of no use any more
   */
  constructor(
    client: Client,
    private readonly others: Caller,
    private readonly onBroken: (reason: string) => void,
  ) {
    const { path } = pluginService.Session
    this.stream = client.makeBidiStreamRequest(path, same, same)
    this.stream.on('data', (frame: Buffer) => this.receive(frame))
    this.stream.on('drain', () => this.resume())
    this.stream.on('error', (error) => this.breakOff(`the session stream failed: ${error.message}`))
    this.stream.on('end', () => this.breakOff('the plugin ended the session stream'))
  }

  get inFlight(): number {
    return this.waiting + this.others.inFlight
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
    return new Promise((resolve, reject) => {
      const id = ++this.lastId
      const timeoutMs = Math.ceil(limits.timeoutMs)
      const call = new PendingCall(rpc.responseDeserialize, resolve as (response: unknown) => void, reject)
      call.watch(limits, (error) => this.abandon(id, call, error))
      this.pending.set(id, call)
      this.waiting++
      this.queue.push({ id, method, message, timeoutMs })
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
    let from = 0
    while (this.writable && this.ended === undefined && (from < this.queue.length || this.cancels.length > 0)) {
      const count = frameLength(this.queue, from)
      const calls = this.queue.slice(from, from + count)
      from += count
      for (const { id } of calls) this.pending.get(id)!.sent = true
      const cancel = this.cancels.splice(0)
      this.writable = this.stream.write(sessionRequestWire.encode({ calls, cancel }))
    }
    this.queue.splice(0, from)
  }

  private resume(): void {
    this.writable = true
    if (this.queue.length > 0 || this.cancels.length > 0) this.planFlush()
  }

  private receive(frame: Buffer): void {
    if (this.ended !== undefined) return
    try {
      const { replies } = sessionReplyWire.decode(frame)
      if (isOversized(replies.length, frame.length)) {
        throw new RangeError(`a stream message has ${replies.length} replies in ${frame.length} bytes`)
      }
      for (const reply of replies) this.answer(reply)
    } catch (error) {
      this.breakOff(`the plugin broke a rule of the session: ${(error as Error).message}`)
    }
  }

  private answer(reply: CallReply): void {
    const call = this.pending.get(reply.id)
    if (call === undefined) throw new RangeError(`a reply names call ${reply.id}, which is unknown or answered already`)
    this.pending.delete(reply.id)
    if (call.settled) return
    this.waiting--
    call.settle(reply)
  }

  /** Nobody waits any more. The plugin still owes a reply, which is then dropped. */
  private abandon(id: number, call: PendingCall, makeError: (sent: boolean) => CallError): void {
    if (call.settled) return
    this.waiting--
    call.fail(makeError(call.sent))
    if (call.sent) {
      this.cancels.push(id)
      this.planFlush()
    } else {
      this.pending.delete(id)
      this.queue.splice(
        this.queue.findIndex((queued) => queued.id === id),
        1,
      )
    }
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
    for (const call of this.pending.values()) if (!call.settled) call.fail(call.sent ? error : notSent(error))
    this.pending.clear()
    this.queue.length = 0
    this.waiting = 0
  }
}

/** A call that was made and not answered yet. */
class PendingCall {
  sent = false
  settled = false
  private timer: NodeJS.Timeout | undefined
  private signal: AbortSignal | undefined
  private onAbort: (() => void) | undefined

  constructor(
    private readonly deserialize: (bytes: Buffer) => unknown,
    private readonly resolve: (response: unknown) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  watch({ timeoutMs, signal }: CallLimits, abandon: (error: (sent: boolean) => CallError) => void): void {
    this.timer = setTimeout(() => abandon(timedOut), timeoutMs)
    if (signal === undefined) return
    this.signal = signal
    this.onAbort = () => abandon(gaveUp)
    signal.addEventListener('abort', this.onAbort, { once: true })
  }

  settle({ message, error }: CallReply): void {
    this.finish()
    if (error !== undefined) this.reject(fromErrorMessage(error))
    else this.deliver(message as Buffer)
  }

  fail(error: Error): void {
    this.finish()
    this.reject(error)
  }

  private deliver(message: Buffer): void {
    try {
      this.resolve(this.deserialize(message))
    } catch (cause) {
      this.reject(new CallError('protocol', `the plugin's answer breaks the contract: ${cause}`, { sent: true, cause }))
    }
  }

  private finish(): void {
    this.settled = true
    clearTimeout(this.timer)
    if (this.onAbort !== undefined) this.signal?.removeEventListener('abort', this.onAbort)
  }
}

const timedOut = (sent: boolean): CallError => new CallError('timeout', 'no answer before the deadline', { sent })

const gaveUp = (sent: boolean): CallError => new CallError('cancelled', 'the caller gave up', { sent })

const notSent = (error: CallError): CallError => new CallError(error.kind, error.message, { sent: false, cause: error })

const same = (bytes: Buffer): Buffer => bytes
