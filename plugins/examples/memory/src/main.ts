import type { DBPlugin, JsonRow, JsonValue, WriteRequest } from '@easyrest/plugin'
import { checkNames, checkWrite, matches, parseJsonRow, parseJsonRows, selectRows, serve } from '@easyrest/plugin'

// A row is a Map from column to value, with the digits the client sent. The first insert decides a table's columns.
type Table = { columns: readonly string[]; rows: readonly JsonRow[] }

const tables = new Map<string, Table>()
const missing: JsonValue = { kind: 'null' }
const types = { string: 'string', number: 'number', true: 'boolean', false: 'boolean', json: 'object', null: 'string' }

const db: DBPlugin = {
  capabilities: ['filter_tree', 'count'],
  initConnection: async () => ({ server: 'memory' }),
  tableGet: async (request) => selectRows(findTable(request.table).rows, request),
  tableCreate: async (request) => {
    const given = parseJsonRows(request.rows)
    const names = request.columns.length > 0 ? request.columns : [...(given[0]?.keys() ?? [])]
    const { columns, rows } = tables.get(request.table) ?? { columns: names, rows: [] }
    checkNames('column', names, columns)
    const value = (row: JsonRow, name: string) => (names.includes(name) && row.get(name)) || missing
    const added = given.map((row) => new Map(columns.map((name) => [name, value(row, name)])))
    const affected = endWrite(request, { columns, rows: [...rows, ...added] }, added.length)
    return { affected, rows: request.returning === 'none' ? [] : added }
  },
  tableUpdate: async (request) => {
    const { columns, rows } = findTable(request.table)
    const data = parseJsonRow(request.data)
    checkNames('column', data.keys(), columns)
    const changed = rows.map((row) => (matches(row, request.where) ? new Map([...row, ...data]) : row))
    const affected = changed.filter((row, index) => row !== rows[index]).length
    return { affected: endWrite(request, { columns, rows: changed }, affected) }
  },
  tableDelete: async (request) => {
    const { columns, rows } = findTable(request.table)
    const kept = rows.filter((row) => !matches(row, request.where))
    return { affected: endWrite(request, { columns, rows: kept }, rows.length - kept.length) }
  },
  getSchema: async () => {
    const schemas = [...tables].map(([name, table]) => [name, { type: 'object', properties: properties(table) }])
    return { schema: { tables: Object.fromEntries(schemas), views: {}, rpc: {} } }
  },
}

const findTable = (name: string): Table => {
  checkNames('table', [name], tables.keys())
  return tables.get(name)!
}

const endWrite = (request: WriteRequest, table: Table, affected: number): number => {
  checkWrite(request, affected) // throws when the request does not allow the write
  if (affected > 0 && request.context?.txEnd !== 'rollback') tables.set(request.table, table)
  return affected
}

const properties = ({ columns, rows }: Table) =>
  Object.fromEntries(columns.map((name) => [name, { type: types[(rows[0]?.get(name) ?? missing).kind] }]))

await serve({ name: 'memory', version: '0.1.0', schemes: ['memory'], db })
