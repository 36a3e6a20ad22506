import type { Complaint, InstanceReport } from '@easyrest/host'
import type { Config } from '../config/config.js'
import type { ReloadFailure } from '../reload/reload-outcome.js'

/** What the main process says to a worker, over their pipe only: it holds the secrets of the configuration. */
export type ToWorker =
  | {
      readonly kind: 'prepare'
      readonly snapshot: SharedSnapshot
      /** Connections that are new in it must be reached; answered by `prepared` or `refused`. */
      readonly mustReach: boolean
    }
  /** What was prepared is in force. Answered by `drained` when nothing holds what was in force before. */
  | { readonly kind: 'swap'; readonly generation: number }
  /** What was prepared will not be in force. */
  | { readonly kind: 'abandon'; readonly generation: number }
  | { readonly kind: 'reports'; readonly connection: number; readonly reports: readonly InstanceReport[] }
  /** Answered by `answer`. */
  | { readonly kind: 'ask'; readonly id: number; readonly what: keyof Answers }
  | { readonly kind: 'stop'; readonly drainMs: number }

/** What a worker says to the main process. */
export type ToMain =
  | { readonly kind: 'hello' }
  | { readonly kind: 'prepared'; readonly generation: number }
  | ({ readonly kind: 'refused'; readonly generation: number } & Refusal)
  | { readonly kind: 'serving'; readonly address: string }
  /** The socket cannot be had. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'drained'; readonly generation: number }
  | { readonly kind: 'complaint'; readonly connection: number; readonly complaint: Complaint }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }

export interface Refusal {
  readonly because: ReloadFailure
  readonly reason: string
}

/** What a worker needs to serve a snapshot. */
export interface SharedSnapshot {
  readonly generation: number
  /** With the contents of its key files: every worker has the same, also one that starts later. */
  readonly config: Config
  readonly worker: { readonly index: number; readonly count: number }
  /** By lower-case name. The id is another one when the plugin processes are others. */
  readonly connections: ReadonlyMap<string, { readonly id: number; readonly reports: readonly InstanceReport[] }>
  /** The values of the variables that plugins are passed, so that they are masked in what plugins say. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What a worker can be asked. */
export interface Answers {
  readonly load: WorkerLoad
  /** As prom-client's getMetricsAsJSON gives it. */
  readonly metrics: readonly object[]
}

export interface WorkerLoad {
  readonly generation: number
  readonly requestsInFlight: number
  /** By lower-case name. */
  readonly connections: ReadonlyMap<string, { readonly inFlight: number; readonly waiting: number }>
}
