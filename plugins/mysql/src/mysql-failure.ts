/** A failure that the server or the driver reports, before it has a reason of the contract. */
export class MysqlFailure extends Error {
  override readonly name = 'MysqlFailure'

  /**
   * @param errno of the server (1000 and above); 0: the connection failed, and what it was doing may have happened
   * @param code the driver's word, e.g. ER_DUP_ENTRY or ECONNREFUSED
   */
  constructor(
    message: string,
    readonly errno: number,
    readonly code: string,
    options: ErrorOptions & { readonly sqlState?: unknown } = {},
  ) {
    super(message, options)
    this.isRaised = options.sqlState === '45000'
  }

  /** By SIGNAL in a trigger or routine, which may give it any number. */
  readonly isRaised: boolean

  /** Nothing more can be done on that connection. */
  get isLost(): boolean {
    return this.errno < 1000 && !this.isRaised
  }
}

/** What the driver throws, as a MysqlFailure. */
export const toFailure = (error: unknown): MysqlFailure => {
  if (error instanceof MysqlFailure) return error
  const { message, errno, code, sqlState } = (error instanceof Error ? error : new Error(String(error))) as Error & {
    errno?: unknown
    code?: unknown
    sqlState?: unknown
  }
  return new MysqlFailure(message, typeof errno === 'number' ? Math.max(errno, 0) : 0, String(code ?? ''), {
    cause: error,
    sqlState,
  })
}
