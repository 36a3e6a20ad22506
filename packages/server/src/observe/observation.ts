import type { Observation as HostObservation } from '@easyrest/host'
import type { KeyFetch } from '../auth/remote-keys.js'
import type { ApiError } from '../errors.js'

/** Everything that can be logged or counted, as data; log.ts decides how it reads. */
export type Observation =
  | { readonly kind: 'listening'; readonly address: string; readonly to: 'data' | 'operators' }
  | { readonly kind: 'config-warning'; readonly warning: string }
  | { readonly kind: 'reloaded'; readonly generation: number; readonly changes: readonly string[] }
  | { readonly kind: 'reload-failed'; readonly reason: string }
  | { readonly kind: 'reload-ignored'; readonly reason: string }
  | { readonly kind: 'stopping'; readonly signal: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'drain-timeout'; readonly inFlight: number }
  | { readonly kind: 'worker-ready'; readonly worker: number; readonly pid: number; readonly startMs: number }
  | WorkerExited
  /** It does not answer and is ended. */
  | { readonly kind: 'worker-stuck'; readonly worker: number; readonly pid: number; readonly reason: string }
  | {
      readonly kind: 'request'
      readonly requestId: string
      readonly method: string
      readonly path: string
      readonly status: number
      /** The whole answer was written. */
      readonly whole: boolean
      readonly client: string
      readonly ms: number
    }
  | {
      readonly kind: 'request-failed'
      readonly requestId: string
      readonly method: string
      readonly path: string
      readonly error: ApiError
    }
  | {
      /** The cache of a connection's table versions begins to fail, or (no error) works again. */
      readonly kind: 'cache-changed'
      readonly connection: string
      readonly cache: string
      readonly error: unknown
    }
  | KeyFetch
  /** The key/value API works; what of it takes a detour because of the plugin. */
  | { readonly kind: 'kv-ready'; readonly connection: string; readonly fallbacks: readonly string[] }
  | { readonly kind: 'kv-off'; readonly connection: string; readonly reason: string }
  /** The database has the documents of a Kopano kvs. */
  | { readonly kind: 'kv-kopano'; readonly connection: string }
  | { readonly kind: 'kv-cleaned'; readonly connection: string; readonly rows: number }
  /** Refused with nothing more of it looked at than its path. */
  | { readonly kind: 'request-shed'; readonly because: string }
  | { readonly kind: 'host'; readonly observation: HostObservation }

interface WorkerExited {
  readonly kind: 'worker-exited'
  readonly worker: number
  readonly pid: number
  readonly code: number | undefined
  readonly signal: string | undefined
  /** It was asked to. */
  readonly expected: boolean
  readonly retryInMs: number
}

export type Observe = (observation: Observation) => void
