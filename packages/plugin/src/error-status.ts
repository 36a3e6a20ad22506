import {
  errorMessageWire,
  errorReasons,
  errorTrailer,
  isErrorReason,
  PluginError,
  toErrorMessage,
} from '@easyrest/protocol'
import { Metadata, type StatusObject, status } from '@grpc/grpc-js'

/** A PluginError as the gRPC status of a unary call, with the whole error in the trailer `easyrest-error-bin`. */
export const errorStatus = (error: PluginError): StatusObject => {
  const sendable = clipError(error)
  const metadata = new Metadata()
  metadata.set(errorTrailer, errorMessageWire.encode(toErrorMessage(sendable)))
  return { code: statusOf(sendable.reason), details: clip(sendable.message, 300), metadata }
}

/** The same error, small and plain enough for a trailer: a larger one would break the connection. */
export const clipError = (error: PluginError): PluginError => {
  const details = Object.entries(error.details ?? {}).slice(0, 16)
  return new PluginError(clip(error.reason, 64), clip(error.message, 1024), {
    details: Object.fromEntries(details.map(([name, value]) => [clip(name, 64), clip(value, 1024)])),
    retryAfterMs: Number.isSafeInteger(error.retryAfterMs) && error.retryAfterMs > 0 ? error.retryAfterMs : 0,
  })
}

const statusOf = (reason: string): status => (isErrorReason(reason) ? errorReasons[reason] : otherStatus(reason))

const otherStatus = (reason: string): status => (reason === 'cancelled' ? status.CANCELLED : status.INTERNAL)

// Half a surrogate pair makes grpc-js throw. Authors without a type checker may hand in anything for a string.
const clip = (text: unknown, length: number): string =>
  String(text ?? '')
    .slice(0, length)
    .replace(/\p{Surrogate}/gu, '\ufffd')
