import { grpcStatus as status } from './grpc-status.js'

/** A failure with a reason the contract names. Plugins throw it; the host receives it. */
export class PluginError extends Error {
  override readonly name = 'PluginError'
  readonly details: Readonly<Record<string, string>>
  /** 0: unknown. Only with `unavailable`. */
  readonly retryAfterMs: number

  /**
   * @param reason one of `errorReasons`, or another word (answered as a failure of the plugin)
   * @param message for the client: columns, constraints and limits, never SQL or the driver's own text
   * @param options.details column, constraint, table, nearest, capability, hint for the client; log for the host's log
   */
  constructor(
    readonly reason: string,
    message: string,
    options: { details?: Readonly<Record<string, string>>; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.details = options.details ?? {}
    this.retryAfterMs = options.retryAfterMs ?? 0
  }
}

/** The message Error of plugin.proto. */
export interface ErrorMessage {
  readonly reason: string
  readonly message: string
  /** A JSON object of strings, or empty. */
  readonly details: Uint8Array
  readonly retryAfterMs: number
}

/** reason -> the gRPC status that goes with it on a unary call. */
export const errorReasons = {
  unique: status.ALREADY_EXISTS,
  foreign_key: status.FAILED_PRECONDITION,
  conflict: status.ABORTED,
  exclusion: status.ALREADY_EXISTS,
  not_null: status.INVALID_ARGUMENT,
  check: status.INVALID_ARGUMENT,
  bad_value: status.INVALID_ARGUMENT,
  unknown_column: status.INVALID_ARGUMENT,
  max_affected: status.INVALID_ARGUMENT,
  unknown_table: status.NOT_FOUND,
  unknown_function: status.NOT_FOUND,
  permission: status.PERMISSION_DENIED,
  singular: status.FAILED_PRECONDITION,
  precondition: status.FAILED_PRECONDITION,
  too_large: status.RESOURCE_EXHAUSTED,
  unsupported: status.UNIMPLEMENTED,
  unavailable: status.UNAVAILABLE,
  timeout: status.DEADLINE_EXCEEDED,
} as const satisfies Record<string, number>

export type ErrorReason = keyof typeof errorReasons

/** Key of the unary trailer that holds the bytes of an Error message. */
export const errorTrailer = 'easyrest-error-bin'

export const isErrorReason = (reason: string): reason is ErrorReason => Object.hasOwn(errorReasons, reason)

export const toErrorMessage = (error: PluginError): ErrorMessage => ({
  reason: error.reason,
  message: error.message,
  details: Object.keys(error.details).length === 0 ? noDetails : Buffer.from(JSON.stringify(error.details)),
  retryAfterMs: error.retryAfterMs,
})

/** Details that are not an object of strings are dropped: they come from outside and are only for display. */
export const fromErrorMessage = (message: ErrorMessage): PluginError =>
  new PluginError(message.reason, message.message, {
    details: parseDetails(message.details),
    retryAfterMs: message.retryAfterMs,
  })

/** The reason for a bare gRPC status; undefined where none fits (a failure of the plugin). */
export const reasonOfStatus = (code: number): ErrorReason | undefined => statusReasons.get(code)

const statusReasons = new Map<number, ErrorReason>([
  [status.INVALID_ARGUMENT, 'bad_value'],
  [status.OUT_OF_RANGE, 'bad_value'],
  [status.NOT_FOUND, 'unknown_table'],
  [status.ALREADY_EXISTS, 'unique'],
  [status.FAILED_PRECONDITION, 'precondition'],
  [status.ABORTED, 'conflict'],
  [status.PERMISSION_DENIED, 'permission'],
  [status.RESOURCE_EXHAUSTED, 'too_large'],
  [status.UNIMPLEMENTED, 'unsupported'],
  [status.UNAVAILABLE, 'unavailable'],
])

const noDetails = Buffer.alloc(0)

const parseDetails = (bytes: Uint8Array): Record<string, string> => {
  if (bytes.length === 0) return {}
  try {
    const parsed: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return {}
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch {
    return {}
  }
}
