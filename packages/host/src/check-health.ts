import { healthService, PluginError } from '@easyrest/protocol'
import type { Caller } from './caller.js'

/** Checks that the plugin answers on this connection. A plugin without a health service is taken at its word. */
export const checkHealth = async (connection: Caller, timeoutMs: number): Promise<void> => {
  const request = { service: 'plugin' }
  const { status } = await connection
    .call(healthService.Check, 'unspecified', request, { timeoutMs })
    .catch(orUnsupported({ status: 'SERVING' as const }))
  if (status !== 'SERVING') throw new Error(`expected SERVING, got ${status}`)
}

/** The fallback for a call that the plugin does not know. */
export const orUnsupported =
  <T>(fallback: T) =>
  (error: unknown): T => {
    if (error instanceof PluginError && error.reason === 'unsupported') return fallback
    throw error
  }
