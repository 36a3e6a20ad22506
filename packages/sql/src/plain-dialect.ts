import type { Binder, Dialect } from './dialect.js'
import type { ColumnShape, TableShape } from './table-shape.js'

// For the tests of this package: a dialect with numbered placeholders that converts nothing.

const column = (name: string, nullable = true, generated = false): ColumnShape => ({ name, nullable, generated })

export const plainDialect: Dialect = {
  quoteIdentifier: (name) => `"${name.replaceAll('"', '""')}"`,
  placeholder: (position) => `$${position}`,
  isDistinct: ['', ' IS DISTINCT FROM ', ''],
  noLimit: undefined,
  defaultValues: 'DEFAULT VALUES',
  constant: column(''),
  like: (out, { sql }, binder, pattern, ignoreCase) => {
    out.sql(`${sql} ${ignoreCase ? 'ILIKE' : 'LIKE'} `).bind(binder.text(pattern))
  },
  order: ({ sql }, descending, nullsFirst) =>
    `${sql} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`,
  cast: (term, type) => ({ ...term, sql: `CAST(${term.sql} AS ${type})` }),
  aggregate: (name) => column(name),
}

export const plainBinder: Binder = {
  operand: (_column, text) => ({ value: text }),
  value: (_column, value) => ({ value: 'text' in value ? value.text : value.kind }),
  text: (text) => ({ value: text, cast: 'text' }),
  integer: (value) => ({ value }),
}

export const plainTarget = { dialect: plainDialect, binder: plainBinder }

const columns = [column('id', false), column('name'), column('pages'), column('odd"name'), column('total', true, true)]

export const books: TableShape = {
  name: 'books',
  columns: new Map(columns.map((shape) => [shape.name, shape])),
  primaryKey: ['id'],
}
