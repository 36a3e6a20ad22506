import type { Rpc } from '@easyrest/protocol'
import type { Client, ClientReadableStream, ServiceError } from '@grpc/grpc-js'
import { CallError } from './call-error.js'
import type { StreamLimits } from './caller.js'
import type { CancelSignal } from './cancel-signal.js'
import { toCallError } from './to-call-error.js'

/**
 * A call with many answers. They are taken from the connection only as fast as the caller asks for them; when the
 * caller stops asking, the plugin is told. Only the time that the caller waits counts against the limits: how long a large
 * result takes is decided by whoever reads it.
 */
export async function* streamCall<Request, Response>(
  client: Client,
  rpc: Rpc<Request, Response>,
  request: Request,
  { timeoutMs, totalMs = defaultTotalMs, signal }: StreamLimits,
): AsyncGenerator<Response, void> {
  if (signal?.aborted) throw new CallError('cancelled', 'the caller gave up')
  const call = client.makeServerStreamRequest(rpc.path, rpc.requestSerialize, rpc.responseDeserialize, request)
  const abort = () => call.cancel()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    yield* answersOf(call, new WaitDeadline(timeoutMs, totalMs, () => call.cancel()), signal)
  } finally {
    signal?.removeEventListener('abort', abort)
    call.cancel()
  }
}

async function* answersOf<Response>(
  call: ClientReadableStream<Response>,
  deadline: WaitDeadline,
  signal: CancelSignal | undefined,
): AsyncGenerator<Response, void> {
  let answering = false
  call.once('metadata', () => {
    answering = true
  })
  // The iterator does not listen any more once the caller has stopped asking.
  call.on('error', () => {})
  const pace = new Pace(call)
  const answers: AsyncIterator<Response> = call[Symbol.asyncIterator]()
  try {
    for (;;) {
      pace.admitOne()
      const { done, value } = await deadline.watch(answers.next())
      if (done) return
      yield value
    }
  } catch (error) {
    if (deadline.passed) throw deadline.error(error)
    throw toCallError(error as ServiceError, { answering, endedBy: signal?.aborted ? 'signal' : undefined, read: true })
  }
}

/** Admits one message more than was asked for: grpc-js alone would read sixteen ahead, of up to 64 MiB each. */
class Pace {
  private admitted = 1
  private waiting = false
  private readonly read: () => void

  constructor(call: ClientReadableStream<unknown>) {
    this.read = call._read.bind(call, 1)
    call._read = () => this.wanted()
  }

  admitOne(): void {
    this.admitted++
    if (this.waiting) this.wanted()
  }

  private wanted(): void {
    this.waiting = this.admitted === 0
    if (this.waiting) return
    this.admitted--
    this.read()
  }
}

/** Bounds the time that the caller waits, each time and in sum, not the time it takes between two answers. */
class WaitDeadline {
  passed = false
  private waitedMs = 0

  constructor(
    private readonly timeoutMs: number,
    private readonly totalMs: number,
    private readonly onPassed: () => void,
  ) {}

  async watch<T>(wait: Promise<T>): Promise<T> {
    const start = performance.now()
    const timer = setTimeout(
      () => {
        this.passed = true
        this.onPassed()
      },
      Math.min(this.timeoutMs, this.totalMs - this.waitedMs),
    )
    try {
      return await wait
    } finally {
      clearTimeout(timer)
      this.waitedMs += performance.now() - start
    }
  }

  error(cause: unknown): CallError {
    const message =
      this.waitedMs < this.totalMs
        ? `no part of the answer came within ${Math.round(this.timeoutMs)} ms`
        : `the parts of the answer took ${Math.round(this.waitedMs)} ms in sum, more than a stream may`
    return new CallError('timeout', message, { sent: true, cause })
  }
}

// Enough for any export that makes progress, and an end for an answer that trickles.
const defaultTotalMs = 600_000
