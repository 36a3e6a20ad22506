import { type AggregateFunction, type CastType, PluginError } from '@easyrest/protocol'
import type { Binder, Dialect, StatementBuilder, Term } from '@easyrest/sql'
import { arrayLiteral } from '../array-literal.js'
import { computedColumn, type PostgresColumn } from '../catalog/postgres-table.js'
import type { ValueKind } from '../catalog/value-kind.js'

export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** PostgreSQL's way of saying things. */
export const postgresDialect: Dialect<PostgresColumn> = {
  quoteIdentifier,
  placeholder: (position) => `$${position}`,
  isDistinct: ['', ' IS DISTINCT FROM ', ''],
  noLimit: undefined,
  writesKeyPages: true,
  defaultValues: 'DEFAULT VALUES',
  constant: computedColumn('', 'text', 'text'),
  // Without an escape character nothing but % and _ is special.
  like: (out, term, binder, pattern, ignoreCase) => {
    out
      .sql(`${asText(term)} ${ignoreCase ? 'ILIKE' : 'LIKE'} `)
      .bind(binder.text(pattern))
      .sql(` ESCAPE ''`)
  },
  in: (out, term, binder, operands) => writeIn(out, term, binder, operands),
  // PostgreSQL has nulls last ascending and first descending, as an index has.
  order: ({ sql, column }, descending, nullsFirst) => {
    const direction = descending ? ' DESC' : ''
    return !column.nullable || nullsFirst === descending
      ? sql + direction
      : `${sql}${direction} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`
  },
  cast: (term, type) => castTerm(term, type),
  aggregate: (name, column) => aggregateColumn(name, column),
}

const asText = ({ sql, column }: Term<PostgresColumn>): string => (column.kind === 'text' ? sql : `${sql}::text`)

const writeIn = (
  out: StatementBuilder,
  { sql, column }: Term<PostgresColumn>,
  binder: Binder<PostgresColumn>,
  operands: readonly string[],
): void => {
  // There is no array of arrays, and one of rows does not say of which type they are.
  if (column.isArray || column.isComposite) {
    const write = (operand: string) => out.bind(binder.operand(column, operand))
    return void out.sql(`${sql} IN (`).list(operands, ', ', write).sql(')')
  }
  const values = operands.map((operand) => String(binder.operand(column, operand).value))
  out
    .sql(`${sql} = ANY (`)
    .bind({ value: arrayLiteral(values) })
    .sql(')')
}

const castTerm = (term: Term<PostgresColumn>, type: CastType): Term<PostgresColumn> => {
  if (term.constant !== undefined) {
    throw new PluginError('bad_value', 'a context value is text; it cannot be cast to another type')
  }
  const [sqlType, kind] = castTypes[type]
  return { sql: `CAST(${term.sql} AS ${sqlType})`, column: computedColumn(term.column.name, kind, sqlType) }
}

const castTypes: Readonly<Record<CastType, readonly [sqlType: string, kind: ValueKind]>> = {
  text: ['text', 'text'],
  integer: ['integer', 'int4'],
  bigint: ['bigint', 'int8'],
  numeric: ['numeric', 'decimal'],
  double: ['double precision', 'float8'],
  boolean: ['boolean', 'boolean'],
  date: ['date', 'date'],
  timestamp: ['timestamp', 'timestamp'],
}

const aggregateColumn = (name: AggregateFunction, column: PostgresColumn | undefined): PostgresColumn => {
  if (column === undefined || name === 'count') return { ...computedColumn('count', 'int8', 'bigint'), nullable: false }
  if (name === 'min' || name === 'max') return { ...column, nullable: true, generated: true }
  if (notSummable.includes(column.kind)) {
    throw new PluginError('bad_value', `${name} needs numbers, and ${column.name} holds ${column.sqlType}`, {
      details: { column: column.name },
    })
  }
  const kind = sumKinds.get(column.kind) ?? column.kind
  return { ...computedColumn(column.name, kind, column.sqlType), nullable: true }
}

const notSummable: readonly ValueKind[] = [
  ...(['text', 'bytes', 'boolean', 'date', 'time', 'timetz', 'timestamp', 'timestamptz', 'json', 'jsonb'] as const),
]

/** Sums and averages of integers are larger, or have fractions. */
const sumKinds: ReadonlyMap<ValueKind, ValueKind> = new Map([
  ['int2', 'decimal'],
  ['int4', 'decimal'],
  ['int8', 'decimal'],
  ['float4', 'float8'],
])
