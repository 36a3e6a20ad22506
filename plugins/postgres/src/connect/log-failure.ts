import { log } from '@easyrest/plugin'
import { PluginError } from '@easyrest/protocol'

/** The first connection failed: what to change belongs into the log, as there is no request yet to tell it with. */
export const logFailure = (error: unknown): void => {
  if (error instanceof PluginError && error.details.log !== undefined)
    log.error(error.message, { problem: error.details.log })
}
