import type { Rpc } from '@easyrest/protocol'
import type { Caller, StreamLimits } from './caller.js'
import { connect, type PluginChannel } from './open-channel.js'
import { SessionCaller } from './session-caller.js'
import { streamCall } from './stream-call.js'
import { UnaryCaller } from './unary-caller.js'

/** The connections to one running plugin process, in whichever process of the host they are. Never reconnected. */
export class PluginLink {
  /** Carries the calls of the connection. */
  caller: Caller
  /** Carries health, GetInfo, InitConnection and Shutdown. */
  readonly control: Caller
  /** Deadlines missed since the last answer. */
  timeoutsInARow = 0
  private streams = 0

  constructor(
    readonly pid: number,
    readonly program: string,
    readonly channel: PluginChannel,
  ) {
    this.caller = new UnaryCaller(channel.data)
    this.control = new UnaryCaller(channel.control)
  }

  /** Streams included. */
  get inFlight(): number {
    return this.caller.inFlight + this.streams
  }

  /** Opens the data connection, so that the first call does not wait for it. */
  connect(timeoutMs: number): Promise<void> {
    return connect(this.channel.data, timeoutMs)
  }

  /** From now on the calls of the connection share one stream. @param onBroken told why the process is of no use any more */
  openSession(onBroken: (reason: string) => void): void {
    this.caller = new SessionCaller(this.channel.data, this.caller, onBroken)
  }

  async *stream<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Request,
    limits: StreamLimits,
  ): AsyncGenerator<Response, void> {
    this.streams++
    try {
      yield* streamCall(this.channel.streams, rpc, request, limits)
    } finally {
      this.streams--
    }
  }

  /** The process answered. Passed as it is, without a closure for each call. */
  readonly answered = <Response>(response: Response): Response => {
    this.timeoutsInARow = 0
    return response
  }

  /** Ends every call in flight as crashed, and the connections. */
  disconnect(): void {
    this.caller.close()
    this.control.close()
    this.channel.close()
  }
}
