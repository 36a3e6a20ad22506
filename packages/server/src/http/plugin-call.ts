import { CallError, type CallOptions } from '@easyrest/host'
import { PluginError } from '@easyrest/protocol'
import { isHidden } from '../auth/is-hidden.js'
import { ApiError } from '../errors.js'
import type { CallOutcome } from '../observe/meter.js'
import type { ServedConnection } from '../snapshot/served-connection.js'
import type { Exchange } from './exchange.js'

/**
 * A call of the connection's plugin. What the plugin says about a name it does not know is said in our own words: its
 * suggestion may be a name that callers must take for absent.
 * @param name of the table or function; undefined: the names are those of a statement, and for the plugin to tell
 */
export const pluginCall = async <T>(
  exchange: Exchange,
  { access, config, meter }: ServedConnection,
  name: string | undefined,
  run: (options: CallOptions) => Promise<T>,
): Promise<T> => {
  const before = performance.now()
  try {
    const answer = await exchange.call('db', config.limits.timeoutMs, run)
    meter.call('ok', performance.now() - before)
    return answer
  } catch (error) {
    meter.call(outcomeOf(error), performance.now() - before)
    if (!(error instanceof PluginError) || name === undefined) throw error
    if (error.reason === 'unknown_table') throw unknown('table', name, error, access)
    if (error.reason === 'unknown_function') throw unknown('function', name, error, access)
    throw error
  }
}

const outcomeOf = (error: unknown): CallOutcome => {
  if (error instanceof PluginError) return 'refused'
  return error instanceof CallError ? error.kind : 'failed'
}

const unknown = (
  kind: 'table' | 'function',
  name: string,
  error: PluginError,
  access: ServedConnection['access'],
): ApiError => {
  const { nearest } = error.details
  const visible = nearest !== undefined && !isHidden(`${kind}s`, nearest, access)
  return new ApiError(`unknown_${kind}`, {
    // The same words as for a hidden name.
    detail: `There is no ${kind} "${name}"`,
    ...(visible ? { hint: `Did you mean ${nearest}?`, members: { nearest } } : {}),
    cause: error,
  })
}
