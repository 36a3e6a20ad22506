import type { Call } from '@easyrest/plugin'
import {
  type EnsureTableRequest,
  type EnsureTableResponse,
  type IndexDefinition,
  PluginError,
} from '@easyrest/protocol'
import { checkDefinition, type NameRules, needsDefault } from '@easyrest/sql'
import type { PostgresTable } from '../catalog/postgres-table.js'
import type { Database } from '../database.js'
import { quoteIdentifier } from '../sql/postgres-dialect.js'
import type { Run } from '../transactions.js'
import { takeText } from '../wire/backend-messages.js'
import type { Parameter } from '../wire/frontend-writer.js'
import { columnSql, type NewColumn, newColumn } from './new-column.js'

/** Creates the table, or adds the columns and indexes that are missing. What is there stays as it is. */
export const ensureTable = (
  database: Database,
  request: EnsureTableRequest,
  call?: Call,
): Promise<EnsureTableResponse> =>
  database.perform(async () => {
    if (request.context?.readOnly) throw new PluginError('permission', 'the request may only read')
    const columns = request.columns.map(newColumn)
    const scope = { context: request.context, call }
    try {
      return await database.transactions.dialogue(scope, (run) => ensure(database, request, columns, run))
    } finally {
      database.tables.forget(request.table)
    }
  })

const ensure = async (
  { tables, uri }: Database,
  request: EnsureTableRequest,
  columns: readonly NewColumn[],
  run: Run,
): Promise<EnsureTableResponse> => {
  // One after the other, also of several servers: two CREATE TABLE at once would fail.
  await run([{ text: takeTurns }])
  const existing = await tables.look(request.table, run)
  checkDefinition(request, existing, nameRules)
  const change = new SchemaChange(request, existing?.schema ?? uri.schemas[0]!, run)
  if (existing === undefined) await change.create(columns)
  else await change.extend(existing, columns)
  for (const index of request.indexes) await change.ensureIndex(index)
  return { created: existing === undefined }
}

const nameRules: NameRules = {
  isOwnTable: (name) => name === 'easyrest_cache',
  sameName: (a, b) => a === b,
}

const takeTurns = `SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('easyrest.ensure_table'))`

class SchemaChange {
  private readonly table: string

  constructor(
    private readonly request: EnsureTableRequest,
    private readonly schema: string,
    private readonly run: Run,
  ) {
    this.table = `${quoteIdentifier(schema)}.${quoteIdentifier(request.table)}`
  }

  async create(columns: readonly NewColumn[]): Promise<void> {
    const { primaryKey } = this.request
    const parts = columns.map((column) => columnSql(column, primaryKey.includes(column.name)))
    if (primaryKey.length > 0) parts.push(`PRIMARY KEY (${primaryKey.map(quoteIdentifier).join(', ')})`)
    await this.exec(`CREATE TABLE ${this.table} (${parts.join(', ')})`)
  }

  async extend(existing: PostgresTable, columns: readonly NewColumn[]): Promise<void> {
    for (const column of columns) {
      if (existing.columns.has(column.name)) await this.checkKind(existing, column)
      else await this.add(column)
    }
  }

  async ensureIndex(wanted: IndexDefinition): Promise<void> {
    const { name, columns, unique } = wanted
    const taken = await this.ask(indexByName, [this.schema, name])
    if (taken !== undefined) return this.checkIndex(taken, wanted)
    const kind = unique ? 'UNIQUE INDEX' : 'INDEX'
    await this.exec(
      `CREATE ${kind} ${quoteIdentifier(name)} ON ${this.table} (${columns.map(quoteIdentifier).join(', ')})`,
    )
  }

  private async add(column: NewColumn): Promise<void> {
    if (!column.nullable && column.defaultSql === undefined && (await this.hasRows())) {
      throw needsDefault(this.request.table, column.name)
    }
    await this.exec(`ALTER TABLE ${this.table} ADD COLUMN ${columnSql(column, false)}`)
  }

  private async checkKind(existing: PostgresTable, wanted: NewColumn): Promise<void> {
    const { kind, generated, sqlType } = existing.columns.get(wanted.name)!
    if (generated) throw this.mismatch(wanted, 'is computed by the database')
    if (kind !== wanted.kind) throw this.mismatch(wanted, `is of type ${sqlType}, not ${wanted.sqlType}`)
    if (wanted.bytewise && !(await this.comparesBytes(wanted))) {
      throw this.mismatch(wanted, 'is not compared byte by byte')
    }
  }

  private async comparesBytes({ name }: NewColumn): Promise<boolean> {
    return (await this.ask(bytewise, [this.schema, this.request.table, name])) === 'true'
  }

  private mismatch({ name }: NewColumn, problem: string): PluginError {
    const { table } = this.request
    return new PluginError('bad_value', `the column ${name} of ${table} exists already and ${problem}`, {
      details: { column: name, table },
    })
  }

  private checkIndex(found: string, { name, columns, unique }: IndexDefinition): void {
    const wanted = { table: this.request.table, unique, partial: false, columns }
    const { kind, ...index } = JSON.parse(found)
    if (kind === 'i' && JSON.stringify(index) === JSON.stringify(wanted)) return
    const problem = kind === 'i' ? 'an index with other columns, of another table or another kind' : 'no index'
    throw new PluginError('bad_value', `${name} exists already and is ${problem}; choose another name`, {
      details: { constraint: name },
    })
  }

  private async hasRows(): Promise<boolean> {
    return (await this.ask(`SELECT 1 FROM ${this.table} LIMIT 1`, [])) !== undefined
  }

  private async ask(text: string, parameters: readonly Parameter[]): Promise<string | undefined> {
    let answer: string | undefined
    const onRow = takeText(([only]) => {
      answer = only!
    })
    await this.run([{ text, parameters, onRow, once: true }])
    return answer
  }

  private async exec(text: string): Promise<void> {
    await this.run([{ text, once: true }])
  }
}

// Tables, indexes and views of a schema share one space of names.
const indexByName = `
SELECT pg_catalog.json_build_object('kind', c.relkind, 'table', t.relname, 'unique', i.indisunique,
  'partial', i.indpred IS NOT NULL OR i.indexprs IS NOT NULL,
  'columns', ARRAY(
    SELECT a.attname FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum ORDER BY k.position))
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
WHERE n.nspname::text = $1::text AND c.relname::text = $2::text`

const bytewise = `
SELECT (l.collname IN ('C', 'POSIX', 'ucs_basic'))::text
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
WHERE n.nspname::text = $1::text AND c.relname::text = $2::text AND a.attname::text = $3::text`
