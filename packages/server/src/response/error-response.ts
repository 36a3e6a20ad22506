import { CallError } from '@easyrest/host'
import { isErrorReason, PluginError } from '@easyrest/protocol'
import { ApiError, type ErrorCode, errorTable } from '../errors.js'
import type { HttpResponse } from './http-response.js'

/** application/problem+json (RFC 9457) for any error; see docs/errors.md. */
export const errorResponse = (error: ApiError, requestId: string): HttpResponse => ({
  status: error.status,
  headers: {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    ...error.headers,
  },
  body: Buffer.from(
    JSON.stringify({
      type: `urn:easyrest:error:${error.code}`,
      title: errorTable[error.code].title,
      status: error.status,
      code: error.code,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...error.members,
      request_id: requestId,
    }),
  ),
})

/**
 * Any failure as the error the client sees.
 * @param isWrite a write whose outcome is not known says so instead of pretending that it failed
 */
export const toApiError = (error: unknown, isWrite: boolean): ApiError => {
  if (error instanceof ApiError) return error
  if (error instanceof PluginError) return fromPlugin(error)
  if (error instanceof CallError) return fromCall(error, isWrite)
  return new ApiError('internal', { cause: error })
}

const fromPlugin = (error: PluginError): ApiError => {
  const code: ErrorCode = isErrorReason(error.reason) ? error.reason : 'plugin_error'
  const { log: _log, hint, nearest, ...members } = error.details
  const step = hint ?? (nearest === undefined ? undefined : `Did you mean ${nearest}?`)
  return new ApiError(code, {
    // What an unforeseen failure says of itself may hold SQL or paths.
    ...(code === 'plugin_error' ? {} : { detail: error.message }),
    ...(step === undefined ? {} : { hint: step }),
    headers: code === 'unavailable' ? retryAfter(error.retryAfterMs) : {},
    members: nearest === undefined ? members : { ...members, nearest },
    cause: error,
  })
}

const fromCall = (error: CallError, isWrite: boolean): ApiError => {
  const unknown: Record<string, string> = isWrite && error.sent ? { outcome: 'unknown' } : {}
  // Texts of the host's own; those of protocol errors may quote the plugin.
  const detail = error.kind === 'protocol' ? {} : { detail: error.message }
  const options = { cause: error, members: unknown, ...detail }
  if (error.kind === 'timeout') return new ApiError('timeout', options)
  if (error.kind === 'crashed') return new ApiError('plugin_crashed', options)
  if (error.kind === 'protocol') return new ApiError('plugin_error', options)
  if (error.kind === 'overloaded') return new ApiError('overloaded', { ...options, headers: retryAfter(1000) })
  if (error.kind === 'unavailable')
    return new ApiError('unavailable', { ...options, headers: retryAfter(error.retryAfterMs) })
  return new ApiError('internal', options)
}

// Whole seconds (RFC 9110 section 10.2.3), rounded up so that the client does not come too early.
const retryAfter = (milliseconds: number): Record<string, string> => ({
  'Retry-After': String(Math.max(1, Math.ceil(milliseconds / 1000))),
})
