import { type Capability, type Method, PluginError, type Role, type Rpc } from '@easyrest/protocol'
import type { CallSlots } from './call-slots.js'
import type { Caller } from './caller.js'
import type { CallOptions, ConnectionLimits } from './connection.js'
import type { Dispatcher } from './dispatcher.js'
import type { SupervisedCaller } from './supervised-caller.js'

/** Where the clients of a connection hand in their calls: fills in the deadline, and refuses what the plugin cannot do. */
export class CallPort {
  constructor(
    private readonly calls: Caller,
    private readonly streams: SupervisedCaller,
    private readonly streamSlots: CallSlots,
    private readonly plugin: Pick<Dispatcher, 'info' | 'roles'>,
    private readonly defaults: Pick<ConnectionLimits, 'timeoutMs' | 'streamTimeoutMs'>,
  ) {}

  call<Request, Response>(
    role: Role,
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    options?: CallOptions,
  ): Promise<Response> {
    const { info, roles } = this.plugin
    if (info !== undefined && !roles.has(role)) return Promise.reject(lacks(role))
    return this.calls.call(rpc, method, request, this.limits(options))
  }

  async callCapability<Request, Response>(
    capability: Capability,
    role: Role,
    rpc: Rpc<Request, Response>,
    method: Method,
    request: Request,
    options?: CallOptions,
  ): Promise<Response> {
    this.require(capability)
    try {
      return await this.call(role, rpc, method, request, options)
    } catch (error) {
      throw naming(capability, error)
    }
  }

  async *stream<Request, Response>(
    capability: Capability,
    role: Role,
    rpc: Rpc<Request, Response>,
    request: Request,
    options?: CallOptions,
  ): AsyncGenerator<Response, void> {
    this.require(capability)
    if (this.plugin.info !== undefined && !this.plugin.roles.has(role)) throw lacks(role)
    const limits = this.limits(options)
    await this.streamSlots.take(limits)
    try {
      yield* this.streams.stream(rpc, request, { ...limits, totalMs: this.defaults.streamTimeoutMs })
    } catch (error) {
      throw naming(capability, error)
    } finally {
      this.streamSlots.release()
    }
  }

  private limits(options: CallOptions | undefined) {
    return { timeoutMs: options?.timeoutMs ?? this.defaults.timeoutMs, signal: options?.signal }
  }

  // Before the first start nothing is known, and the plugin itself answers.
  private require(capability: Capability): void {
    const { info } = this.plugin
    if (info !== undefined && !info.capabilities.includes(capability)) throw lacks(capability)
  }
}

const lacks = (capability: string): PluginError =>
  new PluginError('unsupported', `the plugin of this connection does not have the capability ${capability}`, {
    details: { capability },
  })

// A plugin that does not know the call says only that.
const naming = (capability: Capability, error: unknown): unknown =>
  error instanceof PluginError && error.reason === 'unsupported' && error.details.capability === undefined
    ? lacks(capability)
    : error
