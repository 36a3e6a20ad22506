/** Every error the API answers: one table of codes, one class. Texts are for clients: never SQL, never driver text. */

/** code -> HTTP status and the short title that never changes with the occurrence. */
export const errorTable = {
  // The request was not understood.
  bad_request: { status: 400, title: 'The request is not valid HTTP' },
  bad_escape: { status: 400, title: 'The URL holds a percent escape that is not valid UTF-8' },
  bad_identifier: { status: 400, title: 'A name does not have the form of an identifier' },
  unknown_parameter: { status: 400, title: 'The URL holds a parameter that means nothing here' },
  bad_parameter: { status: 400, title: 'A parameter has a value that it cannot take' },
  unknown_operator: { status: 400, title: 'A condition names an operator that does not exist' },
  unknown_context_value: { status: 400, title: 'A context value does not resolve for this request' },
  bad_preference: { status: 400, title: 'A preference has a value that it cannot take' },
  unfiltered_write: { status: 400, title: 'The request would change every row of the table' },
  bad_json: { status: 400, title: 'The body is not valid JSON' },
  duplicate_member: { status: 400, title: 'An object in the body holds the same member twice' },
  bad_body: { status: 400, title: 'The body does not have the shape this request needs' },
  bad_key: { status: 400, title: 'A key cannot be stored as it is' },
  bad_header: { status: 400, title: 'A header is not valid' },
  aggregates_off: { status: 400, title: 'Aggregates are turned off on this connection' },
  // Who asks, and may they.
  unauthorized: { status: 401, title: 'A valid access token is required' },
  forbidden: { status: 403, title: 'The access token does not carry the right this request needs' },
  not_local: { status: 403, title: 'This can be asked only on the machine of the server, and not by a web page' },
  // What is asked for.
  not_found: { status: 404, title: 'Nothing is served at this path' },
  unknown_connection: { status: 404, title: 'There is no connection of this name' },
  unknown_document: { status: 404, title: 'There is no document under this key' },
  method_not_allowed: { status: 405, title: 'The method is not allowed at this path' },
  not_acceptable: { status: 406, title: 'None of the accepted formats can be produced' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  body_too_large: { status: 413, title: 'The body is larger than the limit' },
  uri_too_long: { status: 414, title: 'The URL is longer than the limit' },
  unsupported_media_type: { status: 415, title: 'The body has a media type that is not understood' },
  range_not_satisfiable: { status: 416, title: 'The range lies outside the result' },
  bad_document: { status: 422, title: 'The value of a document cannot be stored as it is' },
  headers_too_large: { status: 431, title: 'The headers are larger than the limit' },
  // What the plugin answers (the reasons of the contract's Error message).
  unique: { status: 409, title: 'A row with this key exists already' },
  foreign_key: { status: 409, title: 'A reference to another row does not hold' },
  conflict: { status: 409, title: 'The request conflicts with another one' },
  exclusion: { status: 409, title: 'An exclusion constraint does not hold' },
  not_null: { status: 400, title: 'A column that must have a value has none' },
  check: { status: 400, title: 'A check constraint does not hold' },
  bad_value: { status: 400, title: 'A value does not fit its column' },
  unknown_column: { status: 400, title: 'The table has no such column' },
  max_affected: { status: 400, title: 'The request would change more rows than it allows' },
  unknown_table: { status: 404, title: 'There is no table of this name' },
  unknown_function: { status: 404, title: 'There is no function of this name' },
  permission: { status: 403, title: 'The database does not permit this' },
  singular: { status: 406, title: 'The result is not exactly one row' },
  precondition: { status: 412, title: 'The precondition does not hold' },
  too_large: { status: 413, title: 'The result is larger than the limit' },
  unsupported: { status: 501, title: 'The plugin of this connection cannot do this' },
  unavailable: { status: 503, title: 'The connection is not available' },
  timeout: { status: 504, title: 'The plugin did not answer in time' },
  // What went wrong on our side.
  internal: { status: 500, title: 'Something went wrong in the server' },
  body_already_read: { status: 500, title: 'A body parser in front of EasyREST has consumed the body' },
  plugin_error: { status: 502, title: 'The plugin failed' },
  plugin_crashed: { status: 502, title: 'The plugin process died during the request' },
  overloaded: { status: 503, title: 'The server is handling as many requests as it can' },
} as const satisfies Record<string, { status: number; title: string }>

export type ErrorCode = keyof typeof errorTable

export interface ErrorOptions {
  /** What exactly was wrong, for the client. */
  readonly detail?: string
  /** The next step, for the client. */
  readonly hint?: string
  /** Response headers that belong to the error (Allow, Retry-After, WWW-Authenticate). */
  readonly headers?: Readonly<Record<string, string>>
  /** Members added to the problem body (column, constraint, outcome ...). */
  readonly members?: Readonly<Record<string, string>>
  /** For the log only. */
  readonly cause?: unknown
}

/** An answer that is not the one asked for. `code` selects status and title from the table. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ErrorCode
  readonly status: number
  readonly detail: string | undefined
  readonly hint: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly members: Readonly<Record<string, string>>

  constructor(code: ErrorCode, options: ErrorOptions = {}) {
    super(options.detail ?? errorTable[code].title, { cause: options.cause })
    this.code = code
    this.status = errorTable[code].status
    this.detail = options.detail
    this.hint = options.hint
    this.headers = options.headers ?? {}
    this.members = options.members ?? {}
  }
}
