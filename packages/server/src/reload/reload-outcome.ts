import { ConfigError } from '../config/config-error.js'

/** What a reload led to. */
export type ReloadOutcome =
  | { readonly reloaded: true; readonly generation: number; readonly changes: readonly string[] }
  | { readonly reloaded: false; readonly because: ReloadFailure; readonly reason: string }

/** `plugin`: a new connection did not become ready. */
export type ReloadFailure = 'configuration' | 'plugin' | 'stopping' | 'internal'

/** A plugin of the new configuration did not become ready. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError'
}

export const stoppingOutcome = {
  reloaded: false,
  because: 'stopping',
  reason: 'the server is stopping',
} as const satisfies ReloadOutcome

export const failedReload = (error: Error): ReloadOutcome => ({
  reloaded: false,
  because: causeOf(error),
  reason: error.message,
})

const causeOf = (error: Error): ReloadFailure => {
  if (error instanceof ConfigError) return 'configuration'
  return error instanceof NotReadyError ? 'plugin' : 'internal'
}
