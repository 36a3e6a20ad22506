import { dbService } from '@easyrest/protocol'
import { group } from '../check.js'
import { expectEqual, expectThat } from '../expect.js'
import type { ColumnUse } from '../seed.js'
import type { Subject } from '../subject.js'

interface TableSchema {
  readonly type?: unknown
  readonly properties?: Readonly<Record<string, ColumnSchema>>
  readonly required?: readonly string[]
  readonly [member: string]: unknown
}

interface ColumnSchema {
  readonly type?: string
  readonly [member: string]: unknown
}

const readSchema = async (subject: Subject): Promise<Record<string, Record<string, TableSchema>>> =>
  JSON.parse(Buffer.from((await subject.call(dbService.GetSchema)).schema).toString())

const tableSchema = async (subject: Subject): Promise<TableSchema> => {
  const { table } = subject.table
  const schema = (await readSchema(subject)).tables?.[table]
  expectThat(schema !== undefined, `tables.${table} in the schema`, schema)
  return schema!
}

export const schemaChecks = group({ id: 'schema', rule: 'db.proto, GetSchemaResponse', needs: { role: 'db' } }, [
  {
    id: 'shape',
    title: 'the schema is an object of exactly tables, views and rpc',
    run: async (subject) => {
      const schema = await readSchema(subject)
      expectEqual('the members', Object.keys(schema).sort(), ['rpc', 'tables', 'views'])
      for (const table of [...Object.values(schema.tables!), ...Object.values(schema.views!)]) checkTable(table)
    },
  },
  {
    id: 'columns',
    title: 'the table is there with all its columns and their types',
    run: async (subject) => {
      const { key, columns, untyped } = subject.table
      const { properties = {} } = await tableSchema(subject)
      expectThat(properties[key] !== undefined, `properties.${key}`, Object.keys(properties))
      for (const [use, column] of Object.entries(columns)) {
        const type = properties[column]?.type
        const types = typesOf[use as ColumnUse]
        expectThat(
          untyped ? type !== undefined : types.includes(type ?? ''),
          `${column} of type ${types.join(' or ')}`,
          type,
        )
      }
    },
  },
  {
    id: 'keys',
    title: 'the primary key is named',
    rule: 'db.proto, x-primary-key',
    needs: { types: true },
    run: async (subject) => {
      expectEqual('x-primary-key', (await tableSchema(subject))['x-primary-key'], [subject.table.key])
    },
  },
  {
    id: 'required',
    title: 'required names the columns that a new row must have, and x-nullable those that may be NULL',
    needs: { columns: ['required'], types: true },
    run: async (subject) => {
      const { required = [], properties = {} } = await tableSchema(subject)
      const column = subject.column('required')
      expectThat(required.includes(column), `${column} in required`, required)
      expectThat(!required.includes(subject.column('text')), `no ${subject.column('text')} in required`, required)
      expectEqual('x-nullable of the text', properties[subject.column('text')]?.['x-nullable'], true)
      expectThat(properties[column]?.['x-nullable'] !== true, `${column} without x-nullable`, properties[column])
    },
  },
  {
    id: 'foreign-keys',
    title: 'foreign keys are named with the table they refer to',
    rule: 'db.proto, x-foreign-keys',
    needs: { columns: ['reference'], types: true },
    run: async (subject) => {
      const keys = (await tableSchema(subject))['x-foreign-keys'] as {
        columns: string[]
        table: string
        references: string[]
      }[]
      const key = keys?.find(({ columns }) => columns.includes(subject.column('reference')))
      expectThat(
        typeof key?.table === 'string' && key.references.length === 1,
        'the foreign key of the reference',
        keys,
      )
    },
  },
  {
    id: 'default',
    title: 'a default is told',
    rule: 'db.proto, x-default',
    needs: { columns: ['default'], types: true },
    run: async (subject) => {
      const { properties = {}, required = [] } = await tableSchema(subject)
      const column = subject.column('default')
      expectThat('x-default' in (properties[column] ?? {}), `x-default of ${column}`, properties[column])
      expectThat(!required.includes(column), `no ${column} in required`, required)
    },
  },
  {
    id: 'generated',
    title: 'a column that cannot be written is readOnly',
    rule: 'db.proto, readOnly',
    needs: { columns: ['generated'], types: true },
    run: async (subject) => {
      const column = (await tableSchema(subject)).properties?.[subject.column('generated')]
      expectEqual('readOnly', column?.readOnly, true)
    },
  },
  {
    id: 'version',
    title: 'a known version is answered without the schema, and stays while nothing changes',
    rule: 'db.proto, GetSchemaRequest.known_version',
    run: async (subject) => {
      const { version } = await subject.call(dbService.GetSchema)
      if (version === '') return
      const again = await subject.call(dbService.GetSchema, { knownVersion: version })
      expectEqual('version', again.version, version)
      if (again.unchanged) expectEqual('the bytes of an unchanged schema', again.schema.length, 0)
      const other = await subject.call(dbService.GetSchema, { knownVersion: `${version}x` })
      expectThat(!other.unchanged && other.schema.length > 0, 'the schema for another version', other)
    },
  },
])

const checkTable = (table: TableSchema): void => {
  expectEqual('type of a table', table.type, 'object')
  const members = ['type', 'properties', 'required', 'x-primary-key', 'x-foreign-keys', 'description']
  for (const member of Object.keys(table)) expectThat(members.includes(member), `members ${members.join(', ')}`, member)
  for (const column of Object.values(table.properties ?? {})) checkColumn(column)
}

const checkColumn = (column: ColumnSchema): void => {
  expectThat(jsonTypes.includes(column.type ?? ''), `a type of ${jsonTypes.join(', ')}`, column)
  const members = ['type', 'format', 'x-nullable', 'readOnly', 'x-default', 'description', 'items', 'enum']
  for (const member of Object.keys(column))
    expectThat(members.includes(member), `members ${members.join(', ')}`, member)
}

const jsonTypes = ['integer', 'number', 'string', 'boolean', 'array', 'object']

const typesOf: Readonly<Record<ColumnUse, readonly string[]>> = {
  text: ['string'],
  integer: ['integer'],
  decimal: ['number'],
  double: ['number'],
  boolean: ['boolean'],
  bytes: ['string'],
  date: ['string'],
  timestamp: ['string'],
  local_timestamp: ['string'],
  json: ['object', 'array', 'string'],
  unique: ['string'],
  required: ['string'],
  default: ['string'],
  check: ['integer'],
  reference: ['integer'],
  generated: jsonTypes,
}
