import { PluginError, unknownName } from '@easyrest/protocol'
import type { TableName } from './statement.js'

/** What a statement must know about a table. The plugin reads it from the database. */
export interface TableShape<Column extends ColumnShape = ColumnShape> extends TableName {
  /** In table order, by the database's own spelling. */
  readonly columns: ReadonlyMap<string, Column>
  /** Names of the columns of the primary key, in key order; empty without one. */
  readonly primaryKey: readonly string[]
}

export interface ColumnShape {
  readonly name: string
  /** May hold NULL. */
  readonly nullable: boolean
  /** Computed by the database; it cannot be written. */
  readonly generated: boolean
}

/** The column of that name. Throws `unknown_column` with the nearest one. */
export const columnOf = <Column extends ColumnShape>(table: TableShape<Column>, name: string): Column =>
  table.columns.get(name) ?? failUnknownColumn(table, name)

/** The same for a column that a row or a change writes. Throws `bad_value` when the database computes it. */
export const writableColumnOf = <Column extends ColumnShape>(table: TableShape<Column>, name: string): Column => {
  const column = columnOf(table, name)
  if (!column.generated) return column
  throw new PluginError('bad_value', `the column ${name} of ${table.name} is computed; leave it out`, {
    details: { column: name, table: table.name },
  })
}

const failUnknownColumn = (table: TableShape, name: string): never => {
  throw unknownName('column', name, table.columns.keys(), { table: table.name })
}
