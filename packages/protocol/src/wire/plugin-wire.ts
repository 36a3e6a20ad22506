import type { ErrorMessage } from '../plugin-error.js'
import { type PluginInfo, type PluginInfoRequest, type PluginLimits, roles } from '../plugin-info.js'
import { type CallReply, methods, type SessionCall, type SessionReply, type SessionRequest } from '../session.js'
import { bytes, message, nested, repeated, sparseEnumeration, string, uint } from './codec.js'

/** proto/easyrest/plugin/v1/plugin.proto, message by message. */
export const pluginInfoRequestWire = message<PluginInfoRequest>({ hostName: string(1), hostVersion: string(2) })

export const pluginLimitsWire = message<PluginLimits>({ maxInFlight: uint(1), maxMessageBytes: uint(2) })

export const pluginInfoWire = message<PluginInfo>({
  name: string(1),
  version: string(2),
  roles: repeated.enumeration(3, roles),
  schemes: repeated.string(4),
  capabilities: repeated.string(5),
  limits: nested(6, () => pluginLimitsWire),
  sdk: string(7),
})

export const errorMessageWire = message<ErrorMessage>({
  reason: string(1),
  message: string(2),
  details: bytes(3),
  retryAfterMs: uint(4),
})

export const sessionCallWire = message<SessionCall>({
  id: uint(1),
  method: sparseEnumeration(2, methods, 'unspecified'),
  message: bytes(3),
  timeoutMs: uint(4),
})

export const sessionRequestWire = message<SessionRequest>({
  calls: repeated.nested(1, () => sessionCallWire),
  cancel: repeated.uint(2),
})

export const callReplyWire = message<CallReply>({
  id: uint(1),
  message: bytes(2),
  error: nested(3, () => errorMessageWire),
})

export const sessionReplyWire = message<SessionReply>({ replies: repeated.nested(1, () => callReplyWire) })
