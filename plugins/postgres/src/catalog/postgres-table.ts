import type { ColumnShape, TableShape } from '@easyrest/sql'
import { type ValueKind, valueKindOf } from './value-kind.js'

/** What the plugin knows about a table, view, materialized view or foreign table. */
export interface PostgresTable extends TableShape<PostgresColumn> {
  readonly schema: string
  readonly kind: 'table' | 'view'
}

export interface PostgresColumn extends ColumnShape {
  readonly kind: ValueKind
  /** The type as SQL spells it, with its modifier: `numeric(10,2)`. */
  readonly sqlType: string
  /** Of the type without its domains; -1: none. */
  readonly modifier: number
  /** SQL of the default; null: none. */
  readonly defaultSql: string | null
  /** The database fills it when a row leaves it out. */
  readonly automatic: boolean
  /** Labels of an enum, in their order. */
  readonly labels: readonly string[] | null
  readonly isArray: boolean
  readonly isComposite: boolean
  /** Of a composite, or of those in an array; null: of nothing such. */
  readonly members: readonly string[] | null
  readonly comment: string | null
}

/** A table as describe-tables.ts has the server print it. */
export interface TableDescription {
  readonly schema: string
  readonly name: string
  readonly kind: 'r' | 'p' | 'v' | 'm' | 'f'
  readonly key: readonly string[]
  readonly columns: readonly ColumnDescription[]
}

export interface ColumnDescription {
  readonly name: string
  readonly type: string
  /** The type without its domains. */
  readonly base: string
  readonly builtIn: boolean
  readonly class: string
  readonly modifier: number
  readonly required: boolean
  readonly computed: boolean
  readonly identity: boolean
  readonly default: string | null
  readonly labels: readonly string[] | null
  readonly members: readonly string[] | null
  readonly array: boolean
  readonly comment: string | null
}

export const tableOf = ({ schema, name, kind, key, columns }: TableDescription): PostgresTable => ({
  schema,
  name,
  kind: kind === 'v' || kind === 'm' ? 'view' : 'table',
  primaryKey: key,
  columns: new Map(columns.map((column) => [column.name, columnOf(column)])),
})

const columnOf = (column: ColumnDescription): PostgresColumn => ({
  name: column.name,
  kind: valueKindOf(column),
  sqlType: column.type,
  modifier: column.modifier,
  nullable: !column.required,
  generated: column.computed,
  defaultSql: column.default,
  automatic: column.identity,
  labels: column.labels,
  isArray: column.array,
  isComposite: column.class === 'c',
  members: column.members,
  comment: column.comment,
})

/** A column that stands for a computed value. */
export const computedColumn = (name: string, kind: ValueKind, sqlType: string): PostgresColumn => ({
  name,
  kind,
  sqlType,
  modifier: -1,
  nullable: true,
  generated: true,
  defaultSql: null,
  automatic: false,
  labels: null,
  isArray: false,
  isComposite: false,
  members: null,
  comment: null,
})
