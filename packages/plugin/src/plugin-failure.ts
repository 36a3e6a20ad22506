import { inspect } from 'node:util'
import { JsonScanError, PluginError } from '@easyrest/protocol'
import { log } from './log.js'

/**
 * Whatever a handler threw, as the error the host gets. What is no PluginError may hold secrets or the driver's own
 * text, so it goes to the log and the host learns only that the plugin failed.
 */
export const toPluginError = (method: string, thrown: unknown): PluginError => {
  if (isPluginError(thrown)) return thrown
  if (thrown instanceof JsonScanError) return new PluginError('bad_value', `the JSON of the request: ${thrown.message}`)
  log.error(`${method} failed: ${summary(thrown)}`, {
    method,
    error: thrown instanceof Error ? thrown.stack : undefined,
  })
  return new PluginError('internal', 'the plugin failed; its log says why')
}

// By shape: an author's program may hold a second copy of the package that defines the class.
const isPluginError = (thrown: unknown): thrown is PluginError =>
  thrown instanceof PluginError ||
  (thrown instanceof Error && thrown.name === 'PluginError' && 'reason' in thrown && typeof thrown.reason === 'string')

const summary = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : inspect(thrown, { depth: 1 }))
