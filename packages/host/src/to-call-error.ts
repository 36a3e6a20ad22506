import {
  errorMessageWire,
  errorTrailer,
  fromErrorMessage,
  PluginError,
  quoteOutput,
  reasonOfStatus,
} from '@easyrest/protocol'
import { type ServiceError, status } from '@grpc/grpc-js'
import { CallError } from './call-error.js'

export interface CallCircumstances {
  /** The plugin had begun to answer. */
  readonly answering: boolean
  /** Why the host ended the call itself. */
  readonly endedBy: 'signal' | 'close' | undefined
  /** The call changes nothing. */
  readonly read: boolean
}

/** What a failed gRPC call means: the plugin's own answer, or something that happened on the way. */
export const toCallError = (error: ServiceError, circumstances: CallCircumstances): PluginError | CallError => {
  if (circumstances.endedBy === 'close') return crashed(error)
  if (circumstances.endedBy === 'signal') return callError('cancelled', 'the caller gave up', error)
  const [trailer] = error.metadata?.get(errorTrailer) ?? []
  if (trailer !== undefined) return fromTrailer(trailer)
  // Either side may notice first that the call's deadline has passed: the plugin's gRPC server knows it too.
  if (error.code === status.DEADLINE_EXCEEDED) return callError('timeout', 'no answer before the deadline', error)
  if (noAnswer.test(error.details)) return callError('protocol', brokenContract(error), error)
  return isPluginsOwn(error, circumstances) ? fromStatus(error) : fromTransport(error, circumstances)
}

const fromTrailer = (trailer: string | Buffer): PluginError | CallError => {
  try {
    return fromErrorMessage(errorMessageWire.decode(Buffer.from(trailer)))
  } catch (cause) {
    return callError('protocol', `expected an Error message in the trailer ${errorTrailer}, got other bytes`, cause)
  }
}

// Whoever sends this speaks no gRPC; grpc-js gives it a status that would otherwise mean something.
const noAnswer = /^(No message received|Received HTTP status code \d+)$/

// grpc-js tells its own failures from the plugin's only by their text; a plugin's status without an answer before it
// comes with headers, at least with content-type.
const isPluginsOwn = (error: ServiceError, { answering }: CallCircumstances): boolean =>
  Object.keys(error.metadata?.getMap() ?? {}).length > 0 || (answering && !transportText.test(error.details))

const transportText =
  /^(Connection dropped|No connection established|Received RST_STREAM|Received message|Response message parsing|Call cancelled|Cancelled on client|Deadline exceeded|Too many responses|Stream refused|Bandwidth exhausted|Protocol not secure|read E|write E|Failed to|Channel closed)/

// The text may be the driver's own, so it goes to the log only.
const fromStatus = (error: ServiceError): PluginError | CallError => {
  const reason = reasonOfStatus(error.code)
  if (reason === undefined) {
    // A failure inside grpc-js has neither code nor details.
    const said = `gRPC status ${statusName(error.code)}, ${quoteOutput(error.details ?? error.message)}`
    return callError('protocol', `the plugin failed without a reason the contract knows: ${said}`, error)
  }
  return new PluginError(reason, `the plugin answered ${statusName(error.code)} without saying more`, {
    details: { log: error.details },
    cause: error,
  })
}

const fromTransport = (error: ServiceError, { read }: CallCircumstances): PluginError | CallError => {
  const { code, details } = error
  if (code === status.UNAVAILABLE) return fromBrokenConnection(error)
  if (code === status.RESOURCE_EXHAUSTED && details.startsWith('Attempted to send')) {
    return new PluginError('too_large', 'the request is larger than one message to the plugin may be', { cause: error })
  }
  // A write has happened although its answer is too large, so it must not look like a refusal.
  if (code === status.RESOURCE_EXHAUSTED && read) {
    return new PluginError('too_large', 'the answer is larger than one message may be; use limit', { cause: error })
  }
  return callError('protocol', brokenContract(error), error)
}

const brokenContract = ({ details }: ServiceError): string => `the plugin's answer breaks the contract: ${details}`

const fromBrokenConnection = (error: ServiceError): CallError => {
  if (error.details.startsWith('Stream refused')) {
    return new CallError('overloaded', 'the plugin refuses more calls at once', { cause: error })
  }
  return crashed(error, !/^(No connection established|Channel closed before)/.test(error.details))
}

const crashed = (error: ServiceError, sent = true): CallError =>
  new CallError('crashed', 'the connection to the plugin process broke', { sent, cause: error })

const callError = (kind: 'cancelled' | 'protocol' | 'timeout', message: string, cause: unknown): CallError =>
  new CallError(kind, message, { sent: true, cause })

const statusName = (code: number): string => status[code] ?? String(code)
