import type { Predicate } from './predicate.js'
import type { Projection } from './projection.js'
import type { RequestContext } from './request-context.js'

/** The table requests and answers of proto/easyrest/plugin/v1/table.proto, which says what each member means. */
export interface TableGetRequest {
  readonly context: RequestContext | undefined
  readonly table: string
  readonly select: readonly Projection[]
  readonly where: Predicate | undefined
  readonly grouping: readonly string[]
  readonly having: Predicate | undefined
  readonly distinct: boolean
  readonly ordering: readonly OrderTerm[]
  readonly page: Page | undefined
  readonly count: CountMode
  readonly lastKeyColumns: readonly string[]
  readonly expectSingle: boolean
  readonly maxReplyBytes: number
}

export interface TableGetResponse {
  /** A JSON array of objects. */
  readonly rows: Uint8Array
  readonly rowCount: number
  readonly total: number | undefined
  /** A JSON array, or empty. */
  readonly lastKey: Uint8Array
}

/** A piece of a streamed answer: JSON objects separated by commas, without brackets. */
export interface TableGetChunk {
  readonly rows: Uint8Array
  readonly rowCount: number
  readonly total: number | undefined
}

export interface TableCreateRequest {
  readonly context: RequestContext | undefined
  readonly table: string
  /** A JSON array of objects. */
  readonly rows: Uint8Array
  readonly rowCount: number
  readonly columns: readonly string[]
  readonly missingDefault: boolean
  readonly conflict: Conflict | undefined
  readonly returning: Returning
  readonly select: readonly Projection[]
  readonly expectSingle: boolean
  readonly maxAffected: number | undefined
  readonly overwriteWhen: Predicate | undefined
}

export interface TableCreateResponse {
  readonly rows: Uint8Array
  readonly rowCount: number
  readonly affected: number
  readonly inserted: number
  readonly keys: Uint8Array
}

export interface TableUpdateRequest {
  readonly context: RequestContext | undefined
  readonly table: string
  readonly where: Predicate | undefined
  /** A JSON object. */
  readonly data: Uint8Array
  readonly returning: Returning
  readonly select: readonly Projection[]
  readonly expectSingle: boolean
  readonly maxAffected: number | undefined
  readonly ifMatch: readonly string[]
  readonly ifMatchSelect: readonly Projection[]
}

export interface TableUpdateResponse {
  readonly affected: number
  readonly rows: Uint8Array
  readonly rowCount: number
}

export type TableDeleteRequest = Omit<TableUpdateRequest, 'data'>

export type TableDeleteResponse = TableUpdateResponse

export interface BatchOperation {
  readonly create: TableCreateRequest | undefined
  readonly update: TableUpdateRequest | undefined
  readonly delete: TableDeleteRequest | undefined
  readonly expectAffected: number | undefined
}

export interface TableBatchRequest {
  readonly context: RequestContext | undefined
  readonly operations: readonly BatchOperation[]
}

export interface BatchResult {
  readonly create: TableCreateResponse | undefined
  readonly update: TableUpdateResponse | undefined
  readonly delete: TableDeleteResponse | undefined
}

export interface TableBatchResponse {
  readonly results: readonly BatchResult[]
}

export interface OrderTerm {
  readonly column: string
  readonly direction: Direction
  readonly nulls: Nulls
}

export interface Page {
  /** undefined: no limit. */
  readonly limit: number | undefined
  readonly offset: number
}

export interface Conflict {
  readonly target: readonly string[]
  readonly action: ConflictAction
  readonly keep: readonly string[]
}

// The words of each enumeration, in the order of their numbers in table.proto.
export const directions = ['unspecified', 'asc', 'desc'] as const
export const nullsPlacements = ['unspecified', 'first', 'last'] as const
export const countModes = ['unspecified', 'exact'] as const
export const returnings = ['unspecified', 'none', 'keys', 'rows'] as const
export const conflictActions = ['unspecified', 'merge', 'ignore'] as const

export type Direction = (typeof directions)[number]
export type Nulls = (typeof nullsPlacements)[number]
export type CountMode = (typeof countModes)[number]
export type Returning = (typeof returnings)[number]
export type ConflictAction = (typeof conflictActions)[number]
