/** A failure that SQLite reports, before it has a reason of the contract. */
export class SqliteFailure extends Error {
  override readonly name = 'SqliteFailure'

  /** @param code extended result code; undefined: the driver did not tell it */
  constructor(
    message: string,
    readonly code: number | undefined,
  ) {
    super(message)
  }
}
