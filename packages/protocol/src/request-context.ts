/** What is known about the request behind a call, as proto/easyrest/plugin/v1/context.proto defines it. */
export interface RequestContext {
  /** '' is anonymous. */
  readonly userId: string
  /** IANA name or ISO-signed offset; validated by the host, never ''. */
  readonly timezone: string
  readonly txEnd: TransactionEnd
  readonly readOnly: boolean
  /** A JSON object; its members are listed in context.proto. */
  readonly ctx: Uint8Array
}

/** In the order of the numbers in context.proto; unspecified means commit. */
export const transactionEnds = ['unspecified', 'commit', 'rollback'] as const

export type TransactionEnd = (typeof transactionEnds)[number]
