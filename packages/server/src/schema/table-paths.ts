import { isIdentifier } from '@easyrest/protocol'
import { bodyMediaTypes } from '../request/body-to-json.js'
import { everyFormat, formats } from '../response/format.js'
import { writableColumns } from './definitions.js'
import { conditionParameters, sharedParameters, tableParameters } from './parameters.js'
import { failures, readFailures, writeFailures } from './responses.js'
import { reference, type Swagger } from './swagger.js'
import type { UsableSchema, UsableTable } from './usable-schema.js'
import { operandOf } from './where-parameters.js'

/** The operations on a table that the caller may use. @param secured what an operation that needs a token says */
export const tablePath = (table: UsableTable, usable: UsableSchema, secured: Swagger): Swagger => {
  const conditions = conditionParameters(table)
  return {
    ...(table.read && {
      get: get(table, hasPages(table, usable), conditions, table.open ? { security: [] } : secured),
    }),
    ...(table.write && {
      post: post(table, usable, secured),
      ...(usable.upserts && primaryKey(table).length > 0 && { put: put(table, secured) }),
      patch: patch(table, changeParameters(table, conditions, usable), secured),
      delete: remove(table, changeParameters(table, conditions, usable), secured),
    }),
  }
}

/** The media types of rows. */
export const rowMediaTypes: readonly string[] = everyFormat.flatMap((format) => formats[format].mediaTypes)

const get = (table: UsableTable, isPaged: boolean, conditions: readonly Swagger[], security: Swagger): Swagger => ({
  ...operation(table, 'get', `Rows of ${table.name}`),
  description: 'Groups are filtered with having.<operator>.<alias>. An empty result is 200 with an empty list.',
  parameters: [
    ...tableParameters(table, 'select', 'ordering'),
    ...sharedParameters('limit', 'offset', ...(isPaged ? (['cursor'] as const) : []), 'distinct', 'format'),
    ...sharedParameters('Prefer-read', 'Range-Unit', 'Range', 'If-None-Match', 'If-Match'),
    ...conditions,
  ],
  responses: {
    200: {
      description: 'The rows',
      schema: rows(table),
      headers: { ...pageHeaders, ...(isPaged && nextHeader), ETag: text('When it was asked') },
    },
    206: { description: 'With count=exact: a part of the rows', schema: rows(table), headers: pageHeaders },
    304: { description: 'The rows are those of a tag in If-None-Match' },
    ...failures(readFailures),
  },
  ...security,
})

// Of a table without a key, or a view, nobody knows which row comes next.
const hasPages = ({ schema }: UsableTable, { keysets }: UsableSchema): boolean =>
  keysets && Array.isArray(schema['x-primary-key']) && schema['x-primary-key'].length > 0

const post = (table: UsableTable, { upserts }: UsableSchema, secured: Swagger): Swagger => ({
  ...operation(table, 'post', `Insert rows into ${table.name}`),
  description: 'All rows in one transaction. A single object is taken as well as a list.',
  consumes: bodyMediaTypes,
  parameters: [
    ...tableParameters(table, 'select', 'columns', ...(upserts ? ['on_conflict'] : [])),
    ...sharedParameters('format', 'Prefer-insert'),
    body(rows(table)),
  ],
  responses: {
    201: { description: 'The rows as stored', schema: rows(table), headers: insertHeaders },
    ...(upserts && {
      200: { description: 'The same, when every row existed', schema: rows(table), headers: writeHeaders },
    }),
    ...failures(writeFailures),
  },
  ...secured,
})

const put = (table: UsableTable, secured: Swagger): Swagger => ({
  ...operation(table, 'put', `Create or replace one row of ${table.name}`),
  consumes: bodyMediaTypes,
  parameters: [
    ...primaryKey(table).map((name) => keyParameter(table, name)),
    ...tableParameters(table, 'select'),
    ...sharedParameters('format', 'Prefer-change'),
    body({ type: 'object', properties: writableColumns(table), required: Object.keys(writableColumns(table)) }),
  ],
  responses: {
    200: { description: 'The row, which existed', schema: rows(table), headers: writeHeaders },
    201: { description: 'The row, which is new', schema: rows(table), headers: insertHeaders },
    ...failures(writeFailures),
  },
  ...secured,
})

const patch = (table: UsableTable, parameters: readonly Swagger[], secured: Swagger): Swagger => ({
  ...operation(table, 'patch', `Change rows of ${table.name}`),
  description: changeDescription,
  consumes: bodyMediaTypes,
  parameters: [...parameters, body({ type: 'object', properties: writableColumns(table), minProperties: 1 })],
  responses: {
    200: {
      description: 'How many rows were changed; with return=representation the rows',
      schema: updated,
      headers: writeHeaders,
    },
    204: { description: 'With return=minimal or headers-only', headers: writeHeaders },
    ...failures(writeFailures),
  },
  ...secured,
})

const remove = (table: UsableTable, parameters: readonly Swagger[], secured: Swagger): Swagger => ({
  ...operation(table, 'delete', `Delete rows of ${table.name}`),
  description: changeDescription,
  parameters,
  responses: {
    200: {
      description: 'With return=representation: the rows as they were',
      schema: rows(table),
      headers: writeHeaders,
    },
    204: { description: 'Done', headers: writeHeaders },
    ...failures(writeFailures),
  },
  ...secured,
})

const operation = ({ name }: UsableTable, method: string, summary: string): Swagger => ({
  tags: [name],
  summary,
  operationId: `${method}_${name}`,
  produces: rowMediaTypes,
})

const changeDescription = 'Needs a condition, or all=true. select is for return=representation and If-Match.'

const changeParameters = (
  table: UsableTable,
  conditions: readonly Swagger[],
  { preconditions }: UsableSchema,
): Swagger[] => [
  ...sharedParameters('all'),
  ...tableParameters(table, 'select'),
  ...sharedParameters('format', 'Prefer-change', ...(preconditions ? (['If-Match'] as const) : [])),
  ...conditions,
]

const rows = ({ name }: UsableTable): Swagger => ({ type: 'array', items: reference('definitions', name) })

const body = (schema: Swagger): Swagger => ({ name: 'body', in: 'body', required: true, schema })

/** Empty when a PUT cannot name it in the URL and repeat it in the body. */
const primaryKey = (table: UsableTable): readonly string[] => {
  const key = table.schema['x-primary-key']
  const writable = writableColumns(table)
  const isWhole = Array.isArray(key) && key.every((name) => isIdentifier(name) && Object.hasOwn(writable, name))
  return isWhole ? [...new Set(key)] : []
}

const keyParameter = ({ schema }: UsableTable, name: string): Swagger => ({
  name: `where.eq.${name}`,
  in: 'query',
  required: true,
  ...operandOf(schema.properties[name]!),
})

const text = (description: string): Swagger => ({ type: 'string', description })

const writeHeaders: Swagger = {
  'Preference-Applied': text('How the transaction ended, the timezone, and what else was asked'),
}

const insertHeaders: Swagger = { ...writeHeaders, Location: text('With return=headers-only: where the one row is') }

export const pageHeaders: Swagger = {
  'Content-Range': text('The first and the last row, and with count=exact the total'),
  'Range-Unit': text('items'),
  'Preference-Applied': text('What was asked and is in force'),
}

const nextHeader: Swagger = { Link: text('With paging=keyset: rel="next", the next page; the last has none') }

const updated: Swagger = {
  type: 'object',
  required: ['updated'],
  properties: {
    updated: { type: 'integer', format: 'int64' },
    would_update: { type: 'integer', format: 'int64', description: 'With tx=rollback' },
  },
}
