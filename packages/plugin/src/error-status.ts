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
  const message = clip(error.message, 1024)
  return new PluginError(clip(error.reason, 64), message, {
    details: clipDetails(error.details ?? {}, maxErrorBytes - Buffer.byteLength(message)),
    retryAfterMs: Number.isSafeInteger(error.retryAfterMs) && error.retryAfterMs > 0 ? error.retryAfterMs : 0,
  })
}

/** @param room bytes; what does not fit is left out */
const clipDetails = (details: PluginError['details'], room: number): PluginError['details'] => {
  let left = room
  const fitting: [string, string][] = []
  for (const [name, value] of Object.entries(details)) {
    const entry: [string, string] = [clip(name, 64), clip(value, 1024)]
    left -= Buffer.byteLength(JSON.stringify(entry))
    if (left < 0) break
    fitting.push(entry)
  }
  return Object.fromEntries(fitting)
}

/** gRPC takes 8 KiB of headers everywhere, and base64 makes four bytes of three. */
const maxErrorBytes = 5 * 1024

const statusOf = (reason: string): status => (isErrorReason(reason) ? errorReasons[reason] : otherStatus(reason))

const otherStatus = (reason: string): status => (reason === 'cancelled' ? status.CANCELLED : status.INTERNAL)

// Half a surrogate pair makes grpc-js throw. Authors without a type checker may hand in anything for a string.
const clip = (text: unknown, length: number): string =>
  String(text ?? '')
    .slice(0, length)
    .replace(/\p{Surrogate}/gu, '\ufffd')
