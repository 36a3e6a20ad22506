import type { LogLevel } from './parse-log-line.js'

/** Everything worth a log line or a metric that happens between host and plugins. The server decides what to print. */
export type Observation = { readonly connection: string } & (
  | { readonly kind: 'plugin-started'; readonly program: string; readonly pid: number }
  | { readonly kind: 'plugin-attached'; readonly address: string }
  | PluginReady
  | {
      readonly kind: 'plugin-start-failed'
      /** PluginNotFound, PluginStartError, or what went wrong in the host itself. */
      readonly error: Error
      readonly retryInMs: number
    }
  | PluginExited
  | { readonly kind: 'plugin-replaced'; readonly program: string; readonly pid: number; readonly reason: string }
  | PluginLogged
  | {
      /** Of servers that were killed; the first connection of this one cleaned up behind them. */
      readonly kind: 'leftovers-removed'
      readonly processes: number
      readonly directories: number
    }
  | {
      /** Standard output that is not the handshake; the contract reserves it. */
      readonly kind: 'plugin-output'
      readonly pid: number
      /** The beginning, quoted, at most 200 bytes. */
      readonly text: string
      /** All bytes since the last observation of this kind. */
      readonly bytes: number
    }
)

interface PluginReady {
  readonly kind: 'plugin-ready'
  readonly program: string
  readonly pid: number
  readonly plugin: string
  readonly version: string
  /** What the plugin says it is connected to, e.g. "SQLite 3.53.0"; '' when it does not say. */
  readonly server: string
  readonly startMs: number
}

interface PluginExited {
  readonly kind: 'plugin-exited'
  readonly program: string
  readonly pid: number
  readonly code: number | undefined
  readonly signal: string | undefined
  /** The host asked for it. */
  readonly expected: boolean
  /** The host ended it as useless; see plugin-replaced. */
  readonly replacedBecause: string | undefined
  readonly stderr: readonly string[]
  readonly uptimeMs: number
}

interface PluginLogged {
  readonly kind: 'plugin-log'
  readonly pid: number
  readonly level: LogLevel
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export type Observer = (observation: Observation) => void
