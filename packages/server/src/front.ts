import type { WorkerAnswers } from './admin/open-admin.js'
import type { Gateway, GatewayOptions } from './gateway.js'
import type { Metrics } from './observe/metrics.js'
import type { Observe } from './observe/observation.js'

/** What stands between the gateway and the clients: a listener of this process, or workers. */
export interface Front {
  readonly forGateway: Pick<GatewayOptions, 'open' | 'follower'>
  /** undefined: this process serves. */
  readonly workers: WorkerAnswers | undefined
  /** Resolves with the address, as a URL. Rejects when it cannot be had. */
  open(gateway: Gateway): Promise<string>
  /** Stops accepting, resolves when what was in flight has ended (cut off after `drainMs`). */
  close(drainMs: number): Promise<void>
}

export interface FrontOptions {
  readonly workers: number
  readonly observe: Observe
  readonly metrics: Metrics | undefined
}
