import { createHash } from 'node:crypto'
import type { Call, SchemaAnswer } from '@easyrest/plugin'
import { type GetSchemaRequest, isIdentifier } from '@easyrest/protocol'
import { arrayLiteral } from '../array-literal.js'
import { describeTables } from '../catalog/describe-tables.js'
import { type PostgresTable, type TableDescription, tableOf } from '../catalog/postgres-table.js'
import type { Database } from '../database.js'
import type { Step } from '../server-connection.js'
import { readTextRow } from '../wire/backend-messages.js'
import { describeTable } from './describe-table.js'
import { type ForeignKey, foreignKeys } from './foreign-keys.js'

/** The description that db.proto asks for. Tables whose names the core would refuse are left out. */
export const getSchema = (database: Database, request: GetSchemaRequest, call?: Call): Promise<SchemaAnswer> =>
  database.perform(async () => {
    const { tables, keys } = await readTables(database, request, call)
    const schema = Buffer.from(JSON.stringify(schemaOf(tables, keys)))
    const version = createHash('sha256').update(schema).digest('base64url').slice(0, 22)
    if (version === request.knownVersion) return { schema: Buffer.alloc(0), version, unchanged: true }
    return { schema, version, unchanged: false }
  })

const readTables = async ({ transactions, uri }: Database, { context }: GetSchemaRequest, call: Call | undefined) => {
  const tables: PostgresTable[] = []
  const keys: ForeignKey[] = []
  const parameters = [arrayLiteral(uri.schemas)]
  const steps: readonly Step[] = [
    {
      text: describeAll,
      parameters,
      onRow: (bytes, start) => void tables.push(tableOf(read<TableDescription>(bytes, start))),
    },
    { text: foreignKeys, parameters, onRow: (bytes, start) => void keys.push(read<ForeignKey>(bytes, start)) },
  ]
  await transactions.readSnapshot({ context, call }, steps)
  return { tables: tables.filter(({ name }) => isIdentifier(name)), keys }
}

const describeAll = describeTables('true')

const read = <Value>(bytes: Buffer, start: number): Value => JSON.parse(readTextRow(bytes, start)[0]!)

const schemaOf = (tables: readonly PostgresTable[], keys: readonly ForeignKey[]) => {
  const of = (kind: PostgresTable['kind']) =>
    Object.fromEntries(
      tables.filter((table) => table.kind === kind).map((table) => [table.name, describeTable(table, keys)]),
    )
  return { tables: of('table'), views: of('view'), rpc: {} }
}
