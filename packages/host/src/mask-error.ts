import { PluginError } from '@easyrest/protocol'
import { CallError } from './call-error.js'

/** The failure of a call without the secrets that a plugin may have put into it: its text goes to logs and to clients. */
export const maskError = (error: unknown, mask: (text: string) => string): unknown => {
  if (error instanceof PluginError) return maskPluginError(error, mask)
  if (!(error instanceof CallError)) return error
  const message = mask(error.message)
  if (message === error.message) return error
  // The cause says it too.
  return new CallError(error.kind, message, { sent: error.sent, retryAfterMs: error.retryAfterMs })
}

const maskPluginError = (error: PluginError, mask: (text: string) => string): PluginError => {
  const { reason, message, details, retryAfterMs } = error
  const texts = [message, ...Object.values(details)]
  if (texts.every((text) => mask(text) === text)) return error
  const masked = Object.fromEntries(Object.entries(details).map(([name, text]) => [name, mask(text)]))
  return new PluginError(reason, mask(message), { details: masked, retryAfterMs })
}
