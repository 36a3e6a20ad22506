import { isIdentifier } from '@easyrest/protocol'
import { everyFormat } from '../response/format.js'
import { type DescribedRows, functionRows } from './function-rows.js'
import { reference, type Swagger, swaggerOf } from './swagger.js'
import type { UsableSchema } from './usable-schema.js'
import { whereParameters } from './where-parameters.js'

/** Every parameter that operations refer to: those of all tables, and each table's own under `<table>.<name>`. */
export const parameters = ({ tables, functions }: UsableSchema): Swagger =>
  swaggerOf([
    ...Object.entries(shared),
    ...tables.flatMap((table) => [...ownParameters(table)].map(under(table))),
    ...functions.flatMap((called) => {
      const rows = functionRows(called)
      return rows === undefined
        ? []
        : [...ownParameters(rows)].filter(([name]) => !writesOnly.has(name)).map(under(rows))
    }),
  ])

const writesOnly: ReadonlySet<string> = new Set(['columns', 'on_conflict'])

/** References to shared parameters. */
export const sharedParameters = (...names: readonly (keyof typeof shared)[]): Swagger[] =>
  names.map((name) => reference('parameters', name))

/** References to those of a table's own parameters that it has: `select`, `ordering`, `columns`, `on_conflict`. */
export const tableParameters = (table: DescribedRows, ...names: readonly string[]): Swagger[] => {
  const own = columnLists(table)
  return names.filter((name) => own.has(name)).map((name) => reference('parameters', `${table.name}.${name}`))
}

/** References to the conditions on a table's columns. */
export const conditionParameters = (table: DescribedRows): Swagger[] => [
  ...sharedParameters('or', 'and', 'not.or', 'not.and'),
  ...[...whereParameters(table).keys()].map((name) => reference('parameters', `${table.name}.${name}`)),
]

const under =
  ({ name }: DescribedRows) =>
  ([own, parameter]: readonly [string, Swagger]): [string, Swagger] => [`${name}.${own}`, parameter]

const ownParameters = (table: DescribedRows): ReadonlyMap<string, Swagger> =>
  new Map([...columnLists(table), ...whereParameters(table)])

const columnLists = ({ schema }: DescribedRows): ReadonlyMap<string, Swagger> => {
  const columns = Object.keys(schema.properties).filter(isIdentifier)
  const writable = columns.filter((name) => schema.properties[name]!.readOnly !== true)
  const lists = [
    columnList('select', columns, `Columns. Also ${selectForms}`),
    columnList('ordering', [...columns, ...columns.map(minus)], 'Ascending, or descending with a minus'),
    columnList('columns', writable, 'What is written; other members of the rows are ignored'),
    columnList('on_conflict', columns, 'The unique key that decides whether a row exists; absent: the primary key'),
  ]
  // An enumeration needs a member.
  return new Map(lists.filter(({ items }) => items.enum.length > 0).map((list) => [list.name, list]))
}

const selectForms = 'label:column, column::type, and aggregates: count(), column.sum(), label:column.max()'

const minus = (column: string): string => `-${column}`

const columnList = (name: string, columns: readonly string[], description: string) => ({
  name,
  in: 'query',
  description,
  type: 'array',
  items: { type: 'string', enum: columns },
  collectionFormat: 'csv',
})

const query = (name: string, description: string, schema: Swagger = { type: 'string' }): Swagger => ({
  name,
  in: 'query',
  description,
  ...schema,
})

const header = (name: string, description: string): Swagger => ({ name, in: 'header', description, type: 'string' })

const natural: Swagger = { type: 'integer', format: 'int64', minimum: 0 }

const everyPreference = 'tx=commit|rollback, timezone=<IANA name or offset>, handling=strict|lenient, count=exact'

const shared = {
  limit: query('limit', 'Rows at most', natural),
  offset: query('offset', 'Rows to leave out at the beginning', natural),
  distinct: query('distinct', 'Drop repeated rows', { type: 'boolean' }),
  format: query('format', 'The form of the rows; goes before Accept', { type: 'string', enum: everyFormat }),
  json: query('format', 'The form of the answer', { type: 'string', enum: ['json'] }),
  all: query('all', 'Says that every row is meant; a request without it needs a condition', { type: 'boolean' }),
  or: query('or', 'One condition must hold: (column.operator.value,and(...),...)'),
  and: query('and', 'Every condition must hold: (column.operator.value,or(...),...)'),
  'not.or': query('not.or', 'No condition may hold'),
  'not.and': query('not.and', 'At least one condition may not hold'),
  'Range-Unit': header('Range-Unit', 'items, when there is a Range'),
  Range: header('Range', 'The first and the last row, counted from 0: 0-9, or 10- for all from there'),
  'If-None-Match': header('If-None-Match', 'Entity tags of answers the client has: 304 when the rows are still those'),
  'If-Match': header('If-Match', 'Entity tags: 412 unless the rows are still those of one of them'),
  cursor: query('cursor', 'Where the page begins: of the link to the next page, as it came'),
  'Prefer-read': header(
    'Prefer',
    'timezone=<IANA name or offset>, handling=strict|lenient, count=exact, paging=keyset',
  ),
  'Prefer-read-call': header('Prefer', 'timezone=<IANA name or offset>, handling=strict|lenient, count=exact'),
  'Prefer-insert': header(
    'Prefer',
    `return=representation|minimal|headers-only, resolution=merge-duplicates|ignore-duplicates, missing=default|null, max-affected=<n>, ${everyPreference}`,
  ),
  'Prefer-change': header('Prefer', `return=representation|minimal|headers-only, max-affected=<n>, ${everyPreference}`),
  'Prefer-call': header('Prefer', `max-affected=<n>, ${everyPreference}`),
} as const satisfies Record<string, Swagger>
