import type { AggregateFunction, CastType, JsonValue } from '@easyrest/protocol'
import type { Spelling } from './spelling.js'
import type { Binding, StatementBuilder } from './statement.js'
import type { ColumnShape } from './table-shape.js'
import type { Term } from './term.js'

/** What a database changes about a statement. One value per database, without state of any request. */
export interface Dialect<Column extends ColumnShape = ColumnShape> extends Spelling {
  /** Written around and between two terms that differ, with NULL as a value like any other. */
  readonly isDistinct: readonly [before: string, between: string, after: string]
  /** What stands for "no limit" when there is only an offset; undefined: OFFSET stands alone. */
  readonly noLimit: string | undefined
  /**
   * The server keeps the plan of a statement where one serves all operands, and cannot tell that without the limit: see
   * keyPageLimit. Absent: a limit is always a parameter.
   */
  readonly writesKeyPages?: boolean
  /** Behind the table's name when a row is inserted that names no column. */
  readonly defaultValues: string
  /** `like` and `ilike` know only % and _; the pattern is the client's text. */
  like(out: StatementBuilder, term: Term<Column>, binder: Binder<Column>, pattern: string, ignoreCase: boolean): void
  /** Any number of operands, as one parameter; absent: one parameter each. */
  in?(out: StatementBuilder, term: Term<Column>, binder: Binder<Column>, operands: readonly string[]): void
  /** What happens when a row meets another with its key; absent: as standard SQL's neighbours say it, `ON CONFLICT`. */
  onConflict?(out: StatementBuilder, conflict: MetRow): void
  /** One term of ORDER BY with nulls where they are wanted, which an index should still be able to serve. */
  order(term: Term<Column>, descending: boolean, nullsFirst: boolean): string
  /** The term as another type, and the column that describes the result. Throws `bad_value`. */
  cast(term: Term<Column>, type: CastType): Term<Column>
  /** What the function answers for a column (undefined: count of rows). Throws `bad_value` where it makes no sense. */
  aggregate(name: AggregateFunction, column: Column | undefined): Column
  /** The column that describes a constant text. */
  readonly constant: Column
  /** The form in which a term that is no constant is selected; absent: as it is. */
  selectTerm?(sql: string, column: Column): string
  /** What is selected behind the terms of a row, with its comma; absent: nothing. */
  selectExtra?(terms: readonly Term<Column>[]): string
}

/** What becomes of a row that an inserted one meets: nothing, or its columns take the new values. */
export interface MetRow {
  readonly action: 'ignore' | 'merge'
  /** The unique key by which they meet. */
  readonly key: readonly string[]
  /** Of `merge`: the columns that are overwritten; none: the row stays as it is, but counts. */
  readonly overwritten: readonly string[]
}

/** Turns values of one request into parameters; it knows the request's timezone. Every method throws `bad_value`. */
export interface Binder<Column extends ColumnShape = ColumnShape> {
  /** Text of a URL, by the type of the column it is compared with. */
  operand(column: Column, text: string): Binding
  /** A member of a row, by the type of the column it is stored in. */
  value(column: Column, value: JsonValue): Binding
  /** Text as text. */
  text(text: string): Binding
  /** A limit or an offset. */
  integer(value: number): Binding
}

/** All that statements of one request need to know about the database. */
export interface Target<Column extends ColumnShape = ColumnShape> {
  readonly dialect: Dialect<Column>
  readonly binder: Binder<Column>
  /** A term that is true for every row, asked for each that is looked at: how a database without interrupts is stopped. */
  readonly guard?: string | undefined
}
