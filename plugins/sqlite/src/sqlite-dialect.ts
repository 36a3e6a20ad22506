import { type AggregateFunction, type CastType, PluginError } from '@easyrest/protocol'
import type { Binder, Dialect, StatementBuilder, Term } from '@easyrest/sql'
import { computedColumn, type SqliteColumn } from './sqlite-table.js'
import type { ValueType } from './value-type.js'

/**
 * SQLite's way of saying things. Of the two values the first is for reading: the driver cuts text at U+0000 and mends
 * bad UTF-8, so behind each row stands how many bytes of text it has (see RowWriter). `exactDialect` is for what cannot
 * be read twice, and for rows where the bytes do not agree: text comes as bytes, and behind the row stands what is text.
 */
export const sqliteDialect: Dialect<SqliteColumn> = {
  quoteIdentifier: (name) => `"${name.replaceAll('"', '""')}"`,
  placeholder: () => '?',
  isDistinct: ['', ' IS NOT ', ''],
  noLimit: '-1',
  defaultValues: 'DEFAULT VALUES',
  constant: computedColumn('', 'text'),
  like: (out, term, binder, pattern, ignoreCase) => {
    checkPattern(term, pattern)
    if (ignoreCase) writeIlike(out, term, binder, pattern)
    else out.sql(`${term.sql} GLOB `).bind(binder.text(globPattern(pattern)))
  },
  // Without NULLS the order is that of an index; SQLite has nulls first ascending and last descending.
  order: ({ sql, column }, descending, nullsFirst) => {
    const direction = descending ? ' DESC' : ' ASC'
    if (!column.nullable || nullsFirst !== descending) return sql + direction
    return `${sql}${direction} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`
  },
  cast: (term, type) => casts[type](term),
  aggregate: (name, column) => aggregateColumn(name, column),
  selectExtra: (terms) => {
    const counts = terms.filter(mayHoldText).map(({ sql }) => `iif(typeof(${sql})='text',octet_length(${sql}),0)`)
    return counts.length === 0 ? ', 0' : `, ${counts.join('+')}`
  },
}

export const exactDialect: Dialect<SqliteColumn> = {
  ...sqliteDialect,
  selectTerm: (sql) => `iif(typeof(${sql})='text',CAST(${sql} AS BLOB),${sql})`,
  selectExtra: (terms) => terms.map(({ sql, constant }) => (constant ? ', NULL' : `, typeof(${sql})`)).join(''),
}

/** Whether text in the term is counted. Where only numbers belong, the writer notices text by its type. */
const mayHoldText = ({ column, constant }: Term<SqliteColumn>): boolean =>
  constant === undefined && !numberTypes.includes(column.type)

const numberTypes: readonly ValueType[] = ['integer', 'real', 'numeric', 'boolean']

const checkPattern = ({ column: { name } }: Term<SqliteColumn>, pattern: string): void => {
  const problem = pattern.includes('\0')
    ? 'U+0000'
    : pattern.length > maxPatternLength
      ? 'so many characters'
      : undefined
  if (problem === undefined) return
  throw new PluginError('bad_value', `the pattern for ${name} cannot hold ${problem}`, { details: { column: name } })
}

// SQLite's limit is 50,000 bytes, and GLOB needs up to three for a character that is special to it.
const maxPatternLength = 16_000

// LIKE folds ASCII only, so letters beyond it need the slower function.
const writeIlike = (
  out: StatementBuilder,
  { sql }: Term<SqliteColumn>,
  binder: Binder<SqliteColumn>,
  pattern: string,
): void => {
  const isAscii = /^[\x01-\x7f]*$/.test(pattern)
  if (isAscii) out.sql(`${sql} LIKE `).bind(binder.text(pattern))
  else out.sql(`easyrest_ilike(${sql}, `).bind(binder.text(pattern)).sql(')')
}

/** GLOB knows case, and * ? [ as special; a set of one character makes them plain. */
const globPattern = (pattern: string): string =>
  pattern.replace(/[%_*?[]/g, (character) => (character === '%' ? '*' : character === '_' ? '?' : `[${character}]`))

const castTo =
  (sqlType: string, type: ValueType) =>
  (term: Term<SqliteColumn>): Term<SqliteColumn> =>
    computed(`CAST(${sourceSql(term)} AS ${sqlType})`, term, type)

const castBy =
  (sqlFunction: string, type: ValueType) =>
  (term: Term<SqliteColumn>): Term<SqliteColumn> => ({
    ...computed(`${sqlFunction}(${sourceSql(term)})`, term, type),
    column: computedColumn(term.column.name, type),
  })

const computed = (sql: string, term: Term<SqliteColumn>, type: ValueType): Term<SqliteColumn> => ({
  sql,
  column: computedColumn(term.column.name, type, term.column),
})

const sourceSql = ({ sql, constant }: Term<SqliteColumn>): string => {
  if (constant === undefined) return sql
  throw new PluginError('bad_value', 'a context value is text; it cannot be cast to another type')
}

const casts: Readonly<Record<CastType, (term: Term<SqliteColumn>) => Term<SqliteColumn>>> = {
  // SQLite would print a double with 15 digits: the value stays, and is answered as a string.
  text: (term) => ({ ...term, column: { ...term.column, asText: true } }),
  integer: castTo('INTEGER', 'integer'),
  bigint: castTo('INTEGER', 'integer'),
  numeric: castTo('NUMERIC', 'numeric'),
  double: castTo('REAL', 'real'),
  boolean: (term) => computed(`iif(${sourceSql(term)} IS NULL, NULL, ${term.sql} IS TRUE)`, term, 'boolean'),
  date: castBy('date', 'date'),
  timestamp: castBy('datetime', 'timestamp'),
}

const aggregateColumn = (name: AggregateFunction, column: SqliteColumn | undefined): SqliteColumn => {
  if (column === undefined || name === 'count') return { ...computedColumn('count', 'integer'), nullable: false }
  if (name === 'min' || name === 'max') return computedColumn(column.name, column.type, column)
  if (notSummable.includes(column.type)) {
    throw new PluginError('bad_value', `${name} needs numbers, and ${column.name} holds ${column.type}`, {
      details: { column: column.name },
    })
  }
  return computedColumn(column.name, name === 'avg' ? 'real' : 'numeric', column)
}

const notSummable: readonly ValueType[] = ['text', 'blob', 'date', 'timestamp', 'json', 'boolean']
