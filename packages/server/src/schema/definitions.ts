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
  const columns = Object.entries(schema.properties ?? {}).filter(([, column]) => column?.readOnly !== true)
  return swaggerOf(columns.map(([name, column]) => [name, cleanSchema(column)]))
}

// No table can have a dot in its name.
export const problemName = 'easyrest.problem'

const rowDefinition = ({ schema }: UsableTable, visible: ReadonlySet<string>): Swagger => {
  const { 'x-foreign-keys': keys, ...rest } = schema
  const { required, ...row } = cleanSchema({ ...rest, type: 'object', properties: schema.properties ?? {} })
  const columns = row.properties as Readonly<Record<string, Swagger>>
  const needed = ((required ?? []) as string[]).filter(
    (name) => Object.hasOwn(columns, name) && columns[name]!.readOnly !== true,
  )
  return {
    ...row,
    // Swagger wants at least one name.
    ...(needed.length === 0 ? {} : { required: needed }),
    ...foreignKeys(keys, visible),
  }
}

// The name of a table that the caller may not use is told nowhere.
const foreignKeys = (keys: unknown, visible: ReadonlySet<string>): Swagger =>
  Array.isArray(keys) ? { 'x-foreign-keys': keys.filter((key) => visible.has(key?.table)) } : {}

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
