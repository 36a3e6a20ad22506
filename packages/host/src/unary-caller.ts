import type { Method, Rpc } from '@easyrest/protocol'
import type { Client, ClientUnaryCall } from '@grpc/grpc-js'
import { CallError } from './call-error.js'
import type { Caller, CallLimits } from './caller.js'
import { isRead } from './is-read.js'
import { toCallError } from './to-call-error.js'

/** One gRPC call for each call: what every plugin can do. */
export class UnaryCaller implements Caller {
  private readonly calls = new Set<ClientUnaryCall>()
  private closed = false

  constructor(private readonly client: Client) {}

  get inFlight(): number {
    return this.calls.size
  }

  call<Request, Response>(
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    { timeoutMs, signal }: CallLimits,
  ): Promise<Response> {
    if (this.closed) return Promise.reject(new CallError('crashed', 'the plugin process is gone'))
    if (signal?.aborted) return Promise.reject(new CallError('cancelled', 'the caller gave up'))
    return new Promise((resolve, reject) => {
      let answering = false
      let aborted = false
      const abort = () => {
        aborted = true
        call.cancel()
      }
      const call = this.client.makeUnaryRequest(
        rpc.path,
        rpc.requestSerialize,
        rpc.responseDeserialize,
        request,
        { deadline: Date.now() + timeoutMs },
        (error, response) => {
          this.calls.delete(call)
          signal?.removeEventListener('abort', abort)
          if (error === null) return resolve(response as Response)
          const endedBy = aborted ? 'signal' : this.closed ? 'close' : undefined
          reject(toCallError(error, { answering, endedBy, read: isRead(method, request) }))
        },
      )
      call.once('metadata', () => {
        answering = true
      })
      signal?.addEventListener('abort', abort, { once: true })
      this.calls.add(call)
    })
  }

  close(): void {
    this.closed = true
    for (const call of this.calls) call.cancel()
  }
}
