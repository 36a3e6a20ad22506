import type { Binding } from './statement.js'
import type { ColumnShape } from './table-shape.js'

/** Something a row has: a column, an aggregate or a constant, as SQL, with the column that describes its values. */
export interface Term<Column extends ColumnShape = ColumnShape> {
  /** Quoted and complete; holds no placeholder. */
  readonly sql: string
  readonly column: Column
  /** Of a constant: its value, written instead of `sql`. */
  readonly constant?: Binding
}
