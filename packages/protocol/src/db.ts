import type { Predicate } from './predicate.js'
import type { Projection } from './projection.js'
import type { RequestContext } from './request-context.js'
import type { CountMode, OrderTerm, Page } from './table.js'

/** The other requests and answers of a database, as proto/easyrest/plugin/v1/db.proto defines them. */
export interface InitConnectionRequest {
  /** With its credentials; never log it. */
  readonly uri: string
  readonly connectionName: string
}

export interface InitConnectionResponse {
  /** What answered, e.g. "SQLite 3.53.0". */
  readonly server: string
}

export interface CallFunctionRequest {
  readonly context: RequestContext | undefined
  readonly function: string
  /** A JSON object. */
  readonly arguments: Uint8Array
  readonly select: readonly Projection[]
  readonly where: Predicate | undefined
  readonly ordering: readonly OrderTerm[]
  readonly page: Page | undefined
  readonly maxReplyBytes: number
  readonly count: CountMode
  readonly expectSet: boolean
  readonly expectSingle: boolean
  readonly maxAffected: number | undefined
}

export interface CallFunctionResponse {
  /** A JSON value. */
  readonly result: Uint8Array
  readonly isSet: boolean
  readonly rowCount: number
  readonly total: number | undefined
}

export interface GetSchemaRequest {
  readonly context: RequestContext | undefined
  readonly knownVersion: string
}

export interface GetSchemaResponse {
  /** A JSON object; db.proto describes it. */
  readonly schema: Uint8Array
  readonly version: string
  readonly unchanged: boolean
}

export interface QueryRequest {
  readonly context: RequestContext | undefined
  readonly statement: string
  readonly maxRows: number
  readonly maxReplyBytes: number
}

export interface QueryResponse {
  readonly rows: Uint8Array
  readonly rowCount: number
}

export interface EnsureTableRequest {
  readonly context: RequestContext | undefined
  readonly table: string
  readonly columns: readonly ColumnDefinition[]
  readonly primaryKey: readonly string[]
  readonly indexes: readonly IndexDefinition[]
}

export interface ColumnDefinition {
  readonly name: string
  readonly type: ColumnType
  readonly maxLength: number
  readonly nullable: boolean
  /** A JSON value, or empty. */
  readonly defaultJson: Uint8Array
}

export interface IndexDefinition {
  readonly name: string
  readonly columns: readonly string[]
  readonly unique: boolean
}

export interface EnsureTableResponse {
  readonly created: boolean
}

/** In the order of the numbers in db.proto. */
export const columnTypes = ['unspecified', 'text', 'ascii', 'int64', 'double', 'boolean', 'bytes', 'timestamp'] as const

export type ColumnType = (typeof columnTypes)[number]
