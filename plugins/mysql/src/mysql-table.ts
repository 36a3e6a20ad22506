import type { ColumnShape, TableShape } from '@easyrest/sql'
import type { ColumnType, ValueType } from './column-type.js'

/** What the plugin knows about a table or view. */
export interface MysqlTable extends TableShape<MysqlColumn> {
  readonly kind: 'table' | 'view'
  /** The primary key first. */
  readonly uniqueKeys: readonly UniqueKey[]
}

export interface UniqueKey {
  /** PRIMARY, or as it was named. */
  readonly name: string
  /** Empty: it is over parts of columns, or over expressions, and no request can name it. */
  readonly columns: readonly string[]
}

export interface MysqlColumn extends ColumnShape, ColumnType {
  /** Characters, or bytes; undefined: the server says when it is too much. */
  readonly maxLength: number | undefined
  /** Digits of a decimal, and those behind the point of a number; of a time those of its fraction. */
  readonly precision: number | undefined
  readonly scale: number | undefined
  /** Of text: how it is compared and ordered, e.g. utf8mb4_general_ci. */
  readonly collation: string | undefined
  /** It may be computed by the view that it belongs to. */
  readonly isOfView: boolean
  /** SQL of the default, as in CREATE TABLE; undefined: none. */
  readonly defaultSql: string | undefined
  /** The database fills it when a row leaves it out. */
  readonly automatic: boolean
  /** How its values are answered where the answer's own types do not say it. */
  readonly answerAs: AnswerForm | undefined
}

/** `date`: the day of an instant; `number`: a decimal without zeros at its end. */
export type AnswerForm = 'text' | 'boolean' | 'timestamp' | 'date' | 'number'

/** A column that stands for a computed value. */
export const computedColumn = (name: string, type: ValueType, answerAs?: AnswerForm): MysqlColumn => ({
  name,
  type,
  typeName: '',
  nullable: true,
  generated: true,
  bits: 64,
  unsigned: false,
  members: [],
  padded: false,
  maxLength: undefined,
  precision: undefined,
  scale: undefined,
  collation: undefined,
  isOfView: false,
  defaultSql: undefined,
  automatic: false,
  answerAs,
})
