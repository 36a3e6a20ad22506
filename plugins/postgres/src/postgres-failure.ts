import type { ErrorFields } from './wire/backend-messages.js'

/** What the server refused, before it has a reason of the contract. */
export class PostgresFailure extends Error {
  override readonly name = 'PostgresFailure'

  /** @param statement text of the step that failed */
  constructor(
    readonly fields: ErrorFields,
    readonly statement: string,
  ) {
    super(`${fields.severity} ${fields.code}: ${fields.message}`)
  }

  get code(): string {
    return this.fields.code
  }
}

/** The connection ended before the server had answered. What was sent may have been carried out, or not. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}
