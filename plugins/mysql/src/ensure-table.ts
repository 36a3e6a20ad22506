import { type EnsureTableRequest, type EnsureTableResponse, PluginError } from '@easyrest/protocol'
import { checkDefinition, needsDefault } from '@easyrest/sql'
import { isOwnTable } from './catalog.js'
import { columnSql, comparesBytes, type NewColumn, newColumn } from './column-sql.js'
import { EnsuredIndexes, indexSql, sameName } from './ensured-indexes.js'
import { mysqlDialect } from './mysql-dialect.js'
import { MysqlFailure } from './mysql-failure.js'
import type { MysqlSession } from './mysql-session.js'
import type { MysqlTable } from './mysql-table.js'

/**
 * Creates the table, or adds the columns and indexes that are missing. What is there stays as it is. Definitions end
 * every transaction of this database, so a dry run only checks them.
 */
export const ensureTable = async (session: MysqlSession, request: EnsureTableRequest): Promise<EnsureTableResponse> => {
  const { context, table: name } = request
  if (context?.readOnly) throw new PluginError('permission', 'the request may only read')
  const columns = request.columns.map((definition) => newColumn(definition, request, session))
  const existing = await session.catalog.find(name, session.connection)
  checkDefinition(request, existing, rules)
  const change = new SchemaChange(session, request, context?.txEnd === 'rollback')
  if (existing === undefined && (await change.create(columns))) return { created: true }
  await change.extend(existing ?? (await session.catalog.table(name, session.connection)), columns)
  await session.catalog.find(name, session.connection)
  return { created: false }
}

class SchemaChange {
  private readonly table: string

  constructor(
    private readonly session: MysqlSession,
    private readonly request: EnsureTableRequest,
    private readonly isDry: boolean,
  ) {
    this.table = quoted(request.table)
  }

  /** False: another has created it at the same moment. */
  async create(columns: readonly NewColumn[]): Promise<boolean> {
    const { primaryKey, indexes } = this.request
    const parts = columns.map((column) => columnSql(column, primaryKey.includes(column.name)))
    if (primaryKey.length > 0) parts.push(`PRIMARY KEY (${primaryKey.map(quoted).join(', ')})`)
    parts.push(...indexes.map(indexSql))
    try {
      await this.run(`CREATE TABLE ${this.table} (${parts.join(', ')}) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4`)
      return true
    } catch (error) {
      if (isNumbered(error, tableExists)) return false
      throw error
    }
  }

  async extend(existing: MysqlTable, columns: readonly NewColumn[]): Promise<void> {
    for (const column of columns) {
      if (existing.columns.has(column.name)) this.checkKind(existing, column)
      else await this.add(column)
    }
    const indexes = new EnsuredIndexes(this.session, this.request.table)
    for (const index of this.request.indexes) {
      if (!(await indexes.has(index))) await this.run(`ALTER TABLE ${this.table} ADD ${indexSql(index)}`, indexExists)
    }
  }

  private async add(column: NewColumn): Promise<void> {
    if (!column.nullable && column.defaultSql === undefined && (await this.hasRows())) {
      throw needsDefault(this.request.table, column.name)
    }
    await this.run(`ALTER TABLE ${this.table} ADD COLUMN ${columnSql(column, false)}`, columnExists)
  }

  private checkKind(existing: MysqlTable, wanted: NewColumn): void {
    const found = existing.columns.get(wanted.name)!
    if (found.generated) throw this.mismatch(wanted, 'is computed by the database')
    if (found.type !== wanted.type) throw this.mismatch(wanted, `holds ${found.type}, not ${wanted.type}`)
    if (wanted.isAscii && !comparesBytes(found)) throw this.mismatch(wanted, 'is not compared byte by byte')
  }

  private mismatch({ name }: NewColumn, problem: string): PluginError {
    const { table } = this.request
    return new PluginError('bad_value', `the column ${name} of ${table} exists already and ${problem}`, {
      details: { column: name, table },
    })
  }

  private async hasRows(): Promise<boolean> {
    return (await this.session.rows({ text: `SELECT 1 FROM ${this.table} LIMIT 1`, parameters: [] })).length > 0
  }

  /** @param known what another may have done at the same moment */
  private async run(text: string, known?: number): Promise<void> {
    if (this.isDry) return
    try {
      await this.session.run({ text, parameters: [] })
    } catch (error) {
      if (known === undefined || !isNumbered(error, known)) throw error
    } finally {
      this.session.connection.forget(text)
    }
  }
}

const isNumbered = (error: unknown, errno: number): boolean => error instanceof MysqlFailure && error.errno === errno

const tableExists = 1050
const columnExists = 1060
const indexExists = 1061

const rules = { isOwnTable, sameName }

const quoted = mysqlDialect.quoteIdentifier
