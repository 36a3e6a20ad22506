import { PluginError, type Rpc } from '@easyrest/protocol'
import type { Call, ServedCall } from './call.js'
import { toPluginError } from './plugin-failure.js'

/**
 * Runs the calls of a plugin, whichever door they came in by (a unary gRPC call now, a frame of Session later).
 * A door hands in the bytes of the request message and gets the bytes of the response message or a PluginError.
 */
export class Dispatch {
  private stopping = false
  private inFlight = 0
  private whenIdle: (() => void) | undefined

  /** Rejects with PluginError only, and at once when the call ends early, even if the handler goes on. */
  async run(operation: Operation, request: Buffer, call: ServedCall): Promise<Buffer> {
    return this.track(operation.name, call, () => operation.answer(request, call))
  }

  /** As `run`, for work that writes its answer itself. */
  async track<T>(name: string, call: ServedCall, work: () => Promise<T>): Promise<T> {
    if (this.stopping) throw stoppingError()
    this.inFlight++
    const running = settle(name, work).finally(() => this.leave())
    return new Promise<T>((resolve, reject) => {
      call.onEnd(reject)
      running.then(resolve, reject)
    }).finally(() => call.finish())
  }

  /** Refuses new calls. Resolves when the handlers of all others have returned. */
  async stop(): Promise<void> {
    this.stopping = true
    if (this.inFlight === 0) return
    await new Promise<void>((resolve) => {
      this.whenIdle = resolve
    })
  }

  private leave(): void {
    this.inFlight--
    if (this.inFlight === 0) this.whenIdle?.()
  }
}

/** One method of the contract, between bytes. */
export interface Operation {
  /** As in the .proto, e.g. TableGet. */
  readonly name: string
  answer(request: Buffer, call: Call): Promise<Buffer>
}

/** The operations of one service by the name of their method. A method that is missing is answered UNIMPLEMENTED. */
export type Operations = Readonly<Record<string, Operation>>

/** Makes an operation of a method and the function that serves its messages. */
export const operation = <Request, Response>(
  rpc: Rpc<Request, Response>,
  serve: (request: Request, call: Call) => Promise<Response>,
): Operation => ({
  name: rpc.path.slice(rpc.path.lastIndexOf('/') + 1),
  answer: async (bytes, call) => rpc.responseSerialize(await serve(rpc.requestDeserialize(bytes), call)),
})

const settle = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (thrown) {
    throw toPluginError(name, thrown)
  }
}

const stoppingError = (): PluginError => new PluginError('unavailable', 'the plugin is stopping')
