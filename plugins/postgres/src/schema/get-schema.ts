import { createHash } from 'node:crypto'
import type { Call, SchemaAnswer } from '@easyrest/plugin'
import { type GetSchemaRequest, isIdentifier } from '@easyrest/protocol'
import { arrayLiteral } from '../array-literal.js'
import { describeFunctions, functionDescription } from '../catalog/describe-functions.js'
import { describeTables, tableDescription } from '../catalog/describe-tables.js'
import type { PostgresFunction } from '../catalog/postgres-function.js'
import type { PostgresTable } from '../catalog/postgres-table.js'
import { withoutJit } from '../catalog/without-jit.js'
import type { Database } from '../database.js'
import { takeText } from '../wire/backend-messages.js'
import { describeFunction } from './describe-function.js'
import { describeTable } from './describe-table.js'
import { type ForeignKey, foreignKeys } from './foreign-keys.js'

/** The description that db.proto asks for. Tables whose names the core would refuse are left out. */
export const getSchema = (database: Database, request: GetSchemaRequest, call?: Call): Promise<SchemaAnswer> =>
  database.perform(async () => {
    const schema = Buffer.from(JSON.stringify(schemaOf(await readAll(database, request, call))))
    const version = createHash('sha256').update(schema).digest('base64url').slice(0, 22)
    if (version === request.knownVersion) return { schema: Buffer.alloc(0), version, unchanged: true }
    return { schema, version, unchanged: false }
  })

interface Everything {
  readonly tables: PostgresTable[]
  readonly keys: ForeignKey[]
  readonly functions: (readonly PostgresFunction[])[]
}

const readAll = async (
  { transactions, uri }: Database,
  { context }: GetSchemaRequest,
  call: Call | undefined,
): Promise<Everything> => {
  const found: Everything = { tables: [], keys: [], functions: [] }
  const parameters = [arrayLiteral(uri.schemas)]
  await transactions.readSnapshot({ context, call }, [
    withoutJit,
    { text: allTables, parameters, onRow: takeText(([text]) => found.tables.push(tableDescription.parse(text!))) },
    { text: foreignKeys, parameters, onRow: takeText(([text]) => found.keys.push(JSON.parse(text!))) },
    {
      text: allFunctions,
      parameters,
      onRow: takeText(([text]) => found.functions.push(functionDescription.parse(text!))),
    },
  ])
  return found
}

const allTables = describeTables('true')
const allFunctions = describeFunctions('true')

const schemaOf = ({ tables, keys, functions }: Everything) => {
  const reachable = tables.filter(({ name }) => isIdentifier(name))
  const of = (kind: PostgresTable['kind']) =>
    Object.fromEntries(
      reachable.filter((table) => table.kind === kind).map((table) => [table.name, describeTable(table, keys)]),
    )
  const callable = functions.filter(([called]) => isIdentifier(called!.name))
  const rpc = Object.fromEntries(callable.map((overloads) => [overloads[0]!.name, describeFunction(overloads)]))
  return { tables: of('table'), views: of('view'), rpc }
}
