import { PluginError, type SchemaAnswer } from '@easyrest/plugin'
import { altered, hidden, onCreate, onGet, renamed, same, textOf, withoutDetails } from './altered.js'
import type { Defect } from './defects.js'

type Schema = { tables: Record<string, TableSchema>; [member: string]: unknown }
type TableSchema = { properties: Record<string, Record<string, unknown>>; [member: string]: unknown }

const onSchema =
  (change: (schema: Schema) => object, more: (answer: SchemaAnswer) => Partial<SchemaAnswer> = () => ({})): Defect =>
  (db) =>
    altered(db, {
      getSchema: async (request, call) => {
        const answer = await db.getSchema({ ...request, knownVersion: '' }, call)
        return { ...answer, schema: change(JSON.parse(textOf(answer.schema))), ...more(answer) }
      },
    })

const inThings = (change: (table: TableSchema) => object): Defect =>
  onSchema((schema) => ({ ...schema, tables: { ...schema.tables, things: change(schema.tables.things!) } }))

const columns = (change: (column: Record<string, unknown>) => object): Defect =>
  inThings(({ properties, ...table }) => ({
    ...table,
    properties: Object.fromEntries(Object.entries(properties).map(([name, column]) => [name, change(column)])),
  }))

/** Takes the timezone of the call before. */
const lateTimezone: Defect = (db) => {
  let timezone = 'UTC'
  return onGet((request) => {
    const context = request.context && { ...request.context, timezone }
    timezone = request.context?.timezone ?? 'UTC'
    return { ...request, context }
  })(db)
}

export const contractDefects: Readonly<Record<string, Defect>> = {
  'errors.unique': renamed('unique', 'conflict'),
  'errors.not-null': withoutDetails,
  'errors.check': renamed('check', 'bad_value'),
  'errors.foreign-key': renamed('foreign_key', 'conflict'),
  'errors.unknown-table': withoutDetails,
  'errors.exact-names': (db) =>
    onGet((request) => ({ ...request, table: request.table.toLowerCase() }))(
      altered(db, { capabilities: [...(db.capabilities ?? []), 'exact_names'] }),
    ),
  'errors.hostile-names': (db) =>
    altered(db, {
      tableGet: async (request, call) => {
        if (request.table in {}) throw new TypeError('the table has no columns')
        return db.tableGet(request, call)
      },
    }),
  'errors.malformed-rows': (db) =>
    altered(db, {
      tableCreate: async (request, call) =>
        textOf(request.rows) === 'null' ? { affected: 0 } : db.tableCreate(request, call),
    }),
  'errors.unsupported': (db) =>
    hidden('functions')(
      altered(db, { callFunction: async () => ({ result: Buffer.from('1'), isSet: false, rowCount: 0 }) }),
    ),
  'context.absent': onGet((request) => {
    if (request.context!.ctx.length === 0) throw new TypeError('no ctx')
    return request
  }),
  'context.ctx-is-data': onGet((request) => {
    if (/';/.test(textOf(request.context?.ctx ?? ''))) throw new PluginError('internal', 'syntax error')
    return request
  }),
  'context.typed-fields-win': onCreate((request) => {
    const { prefer } = JSON.parse(textOf(request.context?.ctx ?? '{}') || '{}')
    return { ...request, context: request.context && { ...request.context, txEnd: prefer?.tx ?? 'commit' } }
  }),
  'context.timezone-stays': lateTimezone,
  'schema.shape': onSchema((schema) => ({ ...schema, functions: {} })),
  'schema.columns': columns((column) => ({ ...column, type: 'string' })),
  'schema.keys': inThings((table) => ({ ...table, 'x-primary-key': [] })),
  'schema.required': inThings((table) => ({ ...table, required: [] })),
  'schema.foreign-keys': inThings((table) => ({ ...table, 'x-foreign-keys': [] })),
  'schema.default': columns(({ 'x-default': _default, ...column }) => column),
  'schema.generated': columns(({ readOnly: _readOnly, ...column }) => column),
  'schema.version': onSchema(same, () => ({ version: String(Math.random()) })),
}
