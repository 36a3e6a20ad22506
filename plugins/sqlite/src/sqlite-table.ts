import type { ColumnShape, TableShape, TimestampForm } from '@easyrest/sql'
import type { ValueType } from './value-type.js'

/** What the plugin knows about a table or view. */
export interface SqliteTable extends TableShape<SqliteColumn> {
  readonly kind: 'table' | 'view'
  /** The name of the number that each row has beside its columns; undefined: its rows have none. */
  readonly rowId: string | undefined
  /** A trigger, or a foreign key within the table, may change rows after a statement's RETURNING has told them. */
  readonly hasAftereffects: boolean
}

export interface SqliteColumn extends ColumnShape {
  readonly type: ValueType
  /** Answered as a JSON string whatever the value is. */
  readonly asText: boolean
  /** SQL of the default, as in CREATE TABLE. */
  readonly defaultSql: string | undefined
  /** The database fills it when a row leaves it out: the key that is the row id. */
  readonly automatic: boolean
  /** Of a timestamp: how its values are written. */
  timestampForm(): TimestampForm
}

/** A column that stands for a computed value. */
export const computedColumn = (name: string, type: ValueType, source?: SqliteColumn): SqliteColumn => ({
  name,
  type,
  nullable: true,
  generated: true,
  asText: false,
  defaultSql: undefined,
  automatic: false,
  timestampForm: source === undefined ? () => 'space' : () => source.timestampForm(),
})
