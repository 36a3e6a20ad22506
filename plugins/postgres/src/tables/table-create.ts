import { type Call, type CreateAnswer, checkWrite } from '@easyrest/plugin'
import { PluginError, type Projection, type TableCreateRequest } from '@easyrest/protocol'
import {
  conflictTarget,
  keyProjection,
  type RowsStatement,
  StatementBuilder,
  writableColumnOf,
  writeConflict,
  writeReturning,
} from '@easyrest/sql'
import type { PostgresColumn, PostgresTable } from '../catalog/postgres-table.js'
import type { Database } from '../database.js'
import type { Step } from '../server-connection.js'
import { jsonRowsText } from '../sql/json-rows-statement.js'
import { writeSource } from '../sql/write-source.js'
import type { TableUse } from '../use.js'
import { RowCollector } from '../values/row-collector.js'
import { uncheckedMembers } from '../values/unfit-column.js'
import { takeText } from '../wire/backend-messages.js'
import type { Parameter } from '../wire/frontend-writer.js'
import { bodyBytes, columnsOfRun, readBody } from './body.js'
import type { PlannedWrite } from './planned-write.js'

/** All rows in one transaction: all or none. */
export const tableCreate = (database: Database, request: TableCreateRequest, call?: Call): Promise<CreateAnswer> =>
  database.onTable(request, call, (use) => {
    const { steps, conclude } = planCreate(request, use)
    return database.transactions.write(use.scope, [...use.comparison, ...steps], (counts) => {
      use.confirm()
      return conclude(counts.slice(use.comparison.length))
    })
  })

/** Throws for what can be refused without the server. */
export const planCreate = (request: TableCreateRequest, use: TableUse): PlannedWrite<CreateAnswer> => {
  if (request.overwriteWhen !== undefined && request.conflict?.action !== 'merge') {
    throw new PluginError('bad_value', 'a condition on overwriting belongs to a conflict that is merged')
  }
  checkWrite({ ...request, expectSingle: false }, 0)
  const creation = new Creation(request, use)
  return { steps: creation.steps, conclude: (counts) => creation.answer(counts) }
}

class Creation {
  readonly steps: readonly Step[]
  private readonly rows = new RowCollector(Number.POSITIVE_INFINITY)
  private readonly insertions: number
  private overwritten = 0

  constructor(
    private readonly request: TableCreateRequest,
    private readonly use: TableUse,
  ) {
    const insertions = this.insertSteps()
    this.insertions = insertions.length
    this.steps = this.countsOverwritten ? [...insertions, this.overwrittenStep()] : insertions
  }

  answer(counts: readonly number[]): CreateAnswer {
    const affected = counts.slice(0, this.insertions).reduce((sum, count) => sum + count, 0)
    checkWrite(this.request, affected)
    const answer = { affected, inserted: affected - this.overwritten }
    if (this.request.returning === 'none') return answer
    if (this.request.returning === 'keys') return { ...answer, keys: this.rows.rows() }
    return { ...answer, rows: this.rows.rows(), rowCount: this.rows.rowCount }
  }

  private get countsOverwritten(): boolean {
    return this.request.conflict?.action === 'merge'
  }

  private insertSteps(): Step[] {
    const body = bodyBytes(this.request.rows)
    const { thing: table } = this.use
    const { columns: listed, missingDefault } = this.request
    const runs = readBody(body, 2, table, listed)
    const first = runs[0]
    if (first === undefined) return []
    if (missingDefault) return runs.flatMap((run) => this.runSteps(body, columnsOfRun(run, table), run))
    const columns =
      listed.length === 0 ? columnsOfRun(first, table) : listed.map((name) => writableColumnOf(table, name))
    const rowCount = runs.reduce((sum, run) => sum + run.rowCount, 0)
    return this.runSteps(body, columns, { rowCount, start: first.start, end: runs.at(-1)!.end })
  }

  /** A column that the rows leave out gets its default where the database fills it, so such rows have a statement of their own. */
  private runSteps(
    body: Buffer,
    columns: readonly PostgresColumn[],
    { rowCount, start, end }: { readonly rowCount: number; readonly start: number; readonly end: number },
  ): Step[] {
    if (columns.length === 0) return Array.from({ length: rowCount }, () => this.insertStep(columns, noBody))
    const rows = Buffer.concat([openBracket, body.subarray(start, end), closeBracket])
    this.use.leaveToServer(uncheckedMembers(columns, rows, 'json_to_recordset'))
    return [this.insertStep(columns, rows)]
  }

  private insertStep(columns: readonly PostgresColumn[], rows: Buffer): Step {
    const statement = this.insertStatement(columns, rows)
    const parameters = statement.parameters as Parameter[]
    if (this.request.returning === 'none') return { text: statement.text, parameters }
    return { text: jsonRowsText(statement, 'write', this.request.context), parameters, onRow: this.rows.add }
  }

  private insertStatement(columns: readonly PostgresColumn[], rows: Buffer): RowsStatement<PostgresColumn> {
    const { thing: table, target } = this.use
    const { conflict, overwriteWhen } = this.request
    const out = new StatementBuilder(target.dialect).sql('INSERT INTO ').table(table)
    if (columns.length === 0) out.sql(` ${target.dialect.defaultValues}`)
    else {
      out
        .sql(' (')
        .list(columns, ', ', (column) => out.name(column.name))
        .sql(') ')
      writeSource(out, columns, rows, 'json_to_recordset')
    }
    writeConflict(out, { columns, rows: [], conflict, overwriteWhen }, table, target)
    if (this.meetsConflict(columns)) out.sql(overwriteWhen === undefined ? ' WHERE ' : ' AND ').sql(countOverwritten)
    const outputs = writeReturning(out, selectOf(this.request, table), table, target)
    return { ...out.build(), outputs, lastKey: [] }
  }

  /** Whether the statement has a clause that overwrites. */
  private meetsConflict(columns: readonly PostgresColumn[]): boolean {
    const { conflict } = this.request
    if (conflict?.action !== 'merge' || columns.length === 0) return false
    return conflictTarget(conflict, this.use.thing).length > 0
  }

  private overwrittenStep(): Step {
    const onRow = takeText(([count]) => {
      this.overwritten = Number(count)
    })
    // It begins anew for the next write of the transaction.
    return { text: `SELECT ${overwrittenSetting}, pg_catalog.set_config('easyrest.overwritten', '0', true)`, onRow }
  }
}

/** What is answered of each row; undefined: nothing. */
const selectOf = (
  { returning, select }: TableCreateRequest,
  table: PostgresTable,
): readonly Projection[] | undefined => {
  if (returning === 'none') return undefined
  return returning === 'keys' ? keyProjection(table) : select
}

// The server does not tell an inserted row from an overwritten one, so the overwritten ones are counted as they are met.
const overwrittenSetting = `coalesce(nullif(pg_catalog.current_setting('easyrest.overwritten', true), ''), '0')::bigint`
const countOverwritten = `pg_catalog.set_config('easyrest.overwritten', (${overwrittenSetting} + 1)::text, true) IS NOT NULL`

const noBody = Buffer.alloc(0)
const openBracket = Buffer.from('[')
const closeBracket = Buffer.from(']')
