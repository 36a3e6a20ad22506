import { type AggregateFunction, type CastType, PluginError } from '@easyrest/protocol'
import type { Binder, Dialect, StatementBuilder, Term } from '@easyrest/sql'
import type { ValueType } from './column-type.js'
import { computedColumn, type MysqlColumn } from './mysql-table.js'

/** How MySQL and MariaDB say things, where both understand it. */
export const mysqlDialect: Dialect<MysqlColumn> = {
  quoteIdentifier: (name) => `\`${name.replaceAll('`', '``')}\``,
  placeholder: () => '?',
  isDistinct: ['NOT (', ' <=> ', ')'],
  noLimit: '18446744073709551615',
  defaultValues: '() VALUES ()',
  constant: computedColumn('', 'text'),
  like: (out, term, binder, pattern, ignoreCase) => writeLike(out, term, binder, pattern, ignoreCase),
  // Nulls come first ascending; an index serves the order only where none can be.
  order: ({ sql, column }, descending, nullsFirst) => {
    const direction = descending ? ' DESC' : ' ASC'
    if (!column.nullable || nullsFirst !== descending) return sql + direction
    return `${sql} IS NULL${nullsFirst ? ' DESC' : ' ASC'}, ${sql}${direction}`
  },
  cast: (term, type) => casts[type](term),
  aggregate: (name, column) => aggregateColumn(name, column),
  onConflict: (out, { key, overwritten }) => {
    out.sql(' ON DUPLICATE KEY UPDATE ')
    if (overwritten.length === 0) return void out.name(key[0]!).sql(' = ').name(key[0]!)
    out.list(overwritten, ', ', (name) => out.name(name).sql(' = VALUES(').name(name).sql(')'))
  },
  selectTerm: (sql, { type }) => (type === 'geometry' ? `ST_AsText(${sql})` : sql),
}

// The collation knows case and compares by code points. A backslash takes the meaning from what follows it, also its own.
const writeLike = (
  out: StatementBuilder,
  { sql, column }: Term<MysqlColumn>,
  binder: Binder<MysqlColumn>,
  pattern: string,
  ignoreCase: boolean,
): void => {
  const plain = binder.text(pattern.replaceAll('\\', '\\\\'))
  if (ignoreCase) {
    const text = `LOWER(CONVERT(${sql} USING utf8mb4)) COLLATE utf8mb4_bin`
    out.sql(`${text} LIKE LOWER(`).bind(plain).sql(')')
  } else {
    const text = knowsCase.test(column.collation ?? '') ? sql : `CONVERT(${sql} USING utf8mb4) COLLATE utf8mb4_bin`
    out.sql(`${text} LIKE `).bind(plain)
  }
}

const knowsCase = /^utf8mb4_.*bin$/

type Cast = (term: Term<MysqlColumn>) => Term<MysqlColumn>

const computed = (term: Term<MysqlColumn>, sql: string, type: ValueType, answerAs?: MysqlColumn['answerAs']) => ({
  sql,
  column: computedColumn(term.column.name, type, answerAs),
})

const answeredAs = (term: Term<MysqlColumn>, answerAs: NonNullable<MysqlColumn['answerAs']>): Term<MysqlColumn> => ({
  ...term,
  column: { ...term.column, answerAs },
})

const sourceSql = ({ sql, constant }: Term<MysqlColumn>): string => {
  if (constant === undefined) return sql
  throw new PluginError('bad_value', 'a context value is text; it cannot be cast to another type')
}

const toInteger: Cast = (term) => computed(term, `CAST(${sourceSql(term)} AS SIGNED)`, 'integer')

const toDate: Cast = (term) => {
  const sql = sourceSql(term)
  // The day depends on the request's zone, which the session has only as the offset of this moment.
  if (term.column.type === 'timestamp') return computed(term, sql, 'timestamp', 'date')
  return computed(term, `CAST(${sql} AS DATE)`, 'date')
}

const toTimestamp: Cast = (term) => {
  const sql = sourceSql(term)
  if (term.column.type === 'timestamp' || term.column.type === 'datetime') return term
  return computed(term, `CAST(${sql} AS DATETIME(6))`, 'datetime')
}

const toNumeric: Cast = (term) => {
  const sql = sourceSql(term)
  if (numberTypes.includes(term.column.type)) return answeredAs(term, 'number')
  return computed(term, `CAST(${sql} AS DECIMAL(65,20))`, 'decimal', 'number')
}

const numberTypes: readonly ValueType[] = ['integer', 'decimal', 'float', 'double', 'year']

const casts: Readonly<Record<CastType, Cast>> = {
  // The value stays, and is answered as a string with all its digits.
  text: (term) => answeredAs(term, 'text'),
  integer: toInteger,
  bigint: toInteger,
  numeric: toNumeric,
  double: (term) => computed(term, `(${sourceSql(term)} + 0e0)`, 'double'),
  boolean: (term) =>
    computed(term, `IF(${sourceSql(term)} IS NULL, NULL, ${sourceSql(term)} IS TRUE)`, 'boolean', 'boolean'),
  date: toDate,
  timestamp: toTimestamp,
}

const aggregateColumn = (name: AggregateFunction, column: MysqlColumn | undefined): MysqlColumn => {
  if (column === undefined || name === 'count') return { ...computedColumn('count', 'integer'), nullable: false }
  if (name === 'min' || name === 'max') {
    const answerAs = column.type === 'boolean' ? 'boolean' : column.answerAs
    return { ...column, nullable: true, answerAs }
  }
  if (notSummable.includes(column.type)) {
    throw new PluginError('bad_value', `${name} needs numbers, and ${column.name} holds ${column.type}`, {
      details: { column: column.name },
    })
  }
  const isDouble = column.type === 'float' || column.type === 'double'
  return computedColumn(column.name, isDouble ? 'double' : 'decimal', 'number')
}

const notSummable: readonly ValueType[] = [
  ...(['text', 'bytes', 'date', 'datetime', 'timestamp', 'time'] as const),
  ...(['json', 'boolean', 'enum', 'set', 'geometry', 'other'] as const),
]
