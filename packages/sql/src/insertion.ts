import type { Conflict, JsonValue, Predicate } from '@easyrest/protocol'
import type { ReturningSelection } from './returning-clause.js'
import type { ColumnShape } from './table-shape.js'

/** Rows that name the same columns; a column that is to take its default is left out. */
export interface Insertion<Column extends ColumnShape = ColumnShape> {
  readonly columns: readonly Column[]
  /** One list per row, in the order of the columns. Without columns only one row. */
  readonly rows: readonly (readonly JsonValue[])[]
  readonly conflict?: Conflict | undefined
  /** With a merging conflict: what an existing row must meet to be overwritten. */
  readonly overwriteWhen?: Predicate | undefined
  readonly returning?: ReturningSelection
}
