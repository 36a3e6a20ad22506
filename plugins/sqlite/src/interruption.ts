import type { Call } from '@easyrest/plugin'
import { PluginError } from '@easyrest/protocol'
import type { Database } from './database.js'
import type { SqliteTable } from './sqlite-table.js'

/**
 * Stops statements that nobody waits for any more. The driver has no interrupt, so statements that may look at many rows
 * ask a function of ours now and then. Others are left alone: asking costs more than reading a row by its key.
 */
export class Interruption {
  private call: Pick<Call, 'cancelled'> | undefined
  private readonly verdicts = new Map<string, Verdict>()

  constructor(private readonly database: Database) {
    database.defineVolatile('easyrest_wanted', () => {
      this.check()
      return 1
    })
  }

  /** The call that statements run for from now on. */
  begin(call: Pick<Call, 'cancelled'> | undefined): void {
    this.call = call
  }

  /** Throws PluginError when nobody waits for the call. */
  check(): void {
    if (this.call?.cancelled) throw new PluginError('cancelled', 'nobody waits for the answer any more')
  }

  /** The guard that a statement on this table needs; undefined when it ends soon by itself. */
  guardFor(table: SqliteTable, statement: string): string | undefined {
    const known = this.verdicts.get(statement)
    const now = performance.now()
    if (known !== undefined && now - known.at < verdictMs) return known.guard
    const guard = this.scans(statement) ? this.guardOf(table) : undefined
    if (this.verdicts.size >= maxVerdicts) this.verdicts.clear()
    this.verdicts.set(statement, { guard, at: now })
    return guard
  }

  private scans(text: string): boolean {
    const plan = this.database.all({ text: `EXPLAIN QUERY PLAN ${text}`, parameters: [] })
    return plan.some((row) => /\bSCAN\b|TEMP B-TREE/.test(String(row[3])))
  }

  private guardOf(table: SqliteTable): string | undefined {
    // A view may do any work for one row of its own.
    const { rowId } = table
    if (rowId === undefined) return 'easyrest_wanted()'
    const name = `"${table.name.replaceAll('"', '""')}"`
    const size = Number(this.database.get({ text: `SELECT max(${rowId}) FROM ${name}`, parameters: [] })?.[0] ?? 0)
    return size < manyRows ? undefined : `(${rowId} % ${rowsBetween} <> 0 OR easyrest_wanted())`
  }
}

interface Verdict {
  readonly guard: string | undefined
  readonly at: number
}

/** A table may grow, or get an index. */
const verdictMs = 10_000
const maxVerdicts = 1000

/** Fewer are looked at in some 50 ms. */
const manyRows = 200_000
const rowsBetween = 512
