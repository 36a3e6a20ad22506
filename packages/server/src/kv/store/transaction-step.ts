import type { DocumentRow } from '../documents/row.js'
import type { Space } from '../keys/space.js'
import type { KvOperation } from '../request/transaction.js'

/** An operation with the place it concerns. */
export interface Step extends KvOperation {
  readonly space: Space
  readonly pk: string
}

export interface TransactionResult {
  /** What a get has found. */
  readonly row: DocumentRow | undefined
}
