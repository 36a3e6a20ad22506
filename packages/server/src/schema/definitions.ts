import { errorTable } from '../errors.js'
import { cleanSchema } from './clean-schema.js'
import { type Swagger, swaggerOf } from './swagger.js'
import type { UsableSchema, UsableTable } from './usable-schema.js'

/** Rows of every table, and what errors look like. */
export const definitions = ({ tables }: UsableSchema): Swagger => {
  const visible = new Set(tables.map(({ name }) => name))
  return swaggerOf([
    ...tables.map((table): [string, Swagger] => [table.name, rowDefinition(table, visible)]),
    [problemName, problem],
  ])
}

/** The columns of a table that a client may write. */
export const writableColumns = ({ schema }: UsableTable): Swagger => {
  const columns = Object.entries(schema.properties).filter(([, column]) => column.readOnly !== true)
  return swaggerOf(columns.map(([name, column]) => [name, cleanSchema(column)]))
}

// No table can have a dot in its name.
export const problemName = 'easyrest.problem'

const rowDefinition = ({ schema }: UsableTable, visible: ReadonlySet<string>): Swagger => {
  const { 'x-foreign-keys': keys, ...rest } = schema
  return {
    ...cleanSchema({ ...rest, type: 'object' }),
    ...(Array.isArray(keys) && { 'x-foreign-keys': foreignKeys(keys, visible) }),
  }
}

// The name of a table that the caller may not use is told nowhere.
const foreignKeys = (keys: readonly unknown[], visible: ReadonlySet<string>): Swagger[] =>
  keys.flatMap((key) => {
    const { columns, table, references } = (key ?? {}) as Readonly<Record<string, unknown>>
    if (typeof table !== 'string' || !visible.has(table)) return []
    return [{ columns: namesOf(columns), table, references: namesOf(references) }]
  })

const namesOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []

const problem: Swagger = {
  type: 'object',
  description: 'What went wrong, as application/problem+json (RFC 9457)',
  required: ['type', 'title', 'status', 'code', 'request_id'],
  properties: {
    type: { type: 'string', description: 'urn:easyrest:error: and the code' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(errorTable) },
    detail: { type: 'string', description: 'what exactly was wrong' },
    hint: { type: 'string', description: 'the next step' },
    request_id: { type: 'string' },
  },
  additionalProperties: { type: 'string' },
}
