import type { PluginInfo, Rpc } from '@easyrest/protocol'
import { CallQueue } from './call-queue.js'
import { CallSlots } from './call-slots.js'
import type { Caller, StreamLimits } from './caller.js'
import type { ConnectionSettings } from './connection.js'
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
  /** Of the plugin itself; undefined: it takes as many calls as the connection lets in. */
  private slots: CallSlots | undefined

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
    return this.slots?.inUse ?? this.caller.inFlight + this.streams
  }

  /** Opens the data connection, so that the first call does not wait for it. */
  connect(timeoutMs: number): Promise<void> {
    return connect(this.channel.data, timeoutMs)
  }

  /**
   * From now on the calls of the connection go the way that the plugin has named: on one stream, so many at once.
   * @param onBroken told why the process is of no use any more
   */
  follow(
    { capabilities, limits }: PluginInfo,
    settings: Pick<ConnectionSettings, 'name' | 'limits'>,
    onBroken: (reason: string) => void,
  ): void {
    if (capabilities.includes('session')) this.caller = new SessionCaller(this.channel.data, this.caller, onBroken)
    if (limits !== undefined && limits.maxInFlight > 0) this.limitCalls(limits.maxInFlight, settings)
  }

  // The connection has let them in; here they wait no longer than there.
  private limitCalls(most: number, { name, limits }: Pick<ConnectionSettings, 'name' | 'limits'>): void {
    const inFlight = Math.max(1, Math.floor(most / (limits.sharedBy ?? 1)))
    this.slots = new CallSlots(name, { inFlight, queue: Number.POSITIVE_INFINITY, waitMs: limits.waitMs })
    this.caller = new CallQueue(this.caller, this.slots)
  }

  async *stream<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Request,
    limits: StreamLimits,
  ): AsyncGenerator<Response, void> {
    await this.slots?.take(limits)
    this.streams++
    try {
      yield* streamCall(this.channel.streams, rpc, request, limits)
    } finally {
      this.streams--
      this.slots?.release()
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
