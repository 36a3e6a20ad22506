import { type Call, PluginError, type RequestContext } from '@easyrest/plugin'
import type { Target } from '@easyrest/sql'
import { Catalog } from './catalog/catalog.js'
import type { PostgresColumn, PostgresTable } from './catalog/postgres-table.js'
import { openConnection } from './connect/open-connection.js'
import type { PostgresUri } from './connect/postgres-uri.js'
import { ConnectionPool } from './connection-pool.js'
import { pluginErrorOf } from './postgres-errors.js'
import { PostgresFailure } from './postgres-failure.js'
import type { Step } from './server-connection.js'
import { postgresDialect } from './sql/postgres-dialect.js'
import { isOfOldStatement, type TransactionScope, Transactions } from './transactions.js'
import { OperandBinder } from './values/operand-binder.js'
import { nameColumn, type UncheckedValue, uncheckedOperands } from './values/unfit-column.js'

/** One database with what all calls of the DB role share. */
export class Database {
  readonly catalog: Catalog
  readonly transactions: Transactions
  /** On connections of their own: a reader that is slow must not stand in the way of others. */
  readonly streams: Transactions
  private readonly pools: readonly ConnectionPool[]

  constructor(readonly uri: PostgresUri) {
    const open = () => openConnection(uri)
    const pool = new ConnectionPool(uri.pool, open)
    const streamPool = new ConnectionPool({ ...uri.pool, idleConnections: 0 }, open)
    this.pools = [pool, streamPool]
    this.transactions = new Transactions(pool, uri)
    this.streams = new Transactions(streamPool, uri)
    this.catalog = new Catalog(uri.schemas)
  }

  /** Runs a call on a table, and gives its failures the reasons of the contract. */
  onTable<Result>(
    request: { readonly table: string; readonly context: RequestContext | undefined },
    call: Call | undefined,
    work: (use: TableUse) => Promise<Result>,
  ): Promise<Result> {
    return this.perform(async () => {
      const scope = { context: request.context, call }
      try {
        return await this.useTable(request.table, scope, work)
      } catch (error) {
        if (!mayComeFromOldTable(error)) throw error
        // Nothing was done: what is known of the table is read again.
        this.catalog.forget(request.table)
        return this.useTable(request.table, scope, work)
      }
    })
  }

  async perform<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw pluginErrorOf(error)
    }
  }

  async close(): Promise<void> {
    for (const pool of this.pools) pool.close()
  }

  private async useTable<Result>(
    name: string,
    scope: TransactionScope,
    work: (use: TableUse) => Promise<Result>,
  ): Promise<Result> {
    const table = await this.catalog.table(name, (steps) => this.transactions.read(scope, steps))
    const use = new TableUse(this.catalog, scope, table)
    try {
      return await work(use)
    } catch (error) {
      throw await nameColumn(error, use.unchecked(), (step) => this.transactions.read(scope, [step]))
    }
  }
}

/** A table during one call. */
export class TableUse {
  readonly target: Target<PostgresColumn>
  /** Go in front of the call's own: they find out whether the table is still what it was. */
  readonly comparison: readonly Step[]
  private readonly binder = new OperandBinder()
  private readonly members: UncheckedValue[] = []
  private readonly pending: ReturnType<Catalog['comparison']>

  constructor(
    private readonly catalog: Catalog,
    readonly scope: TransactionScope,
    readonly table: PostgresTable,
  ) {
    this.target = { dialect: postgresDialect, binder: this.binder }
    this.pending = catalog.comparison(table.name)
    this.comparison = this.pending === undefined ? [] : [this.pending.step]
  }

  /** Called when the steps were carried out, and before anything is committed. */
  confirm(): void {
    if (this.pending !== undefined && !this.catalog.confirm(this.table.name, this.pending)) throw new TableChanged()
  }

  /** Values of a body that only the server can judge. */
  leaveToServer(values: readonly UncheckedValue[]): void {
    this.members.push(...values)
  }

  unchecked(): readonly UncheckedValue[] {
    return [...uncheckedOperands(this.binder.unchecked), ...this.members]
  }
}

/** The table is not what the statement was written for. */
class TableChanged extends Error {}

const mayComeFromOldTable = (error: unknown): boolean =>
  error instanceof TableChanged ||
  isOfOldStatement(error) ||
  (error instanceof PluginError && error.reason === 'unknown_column') ||
  (error instanceof PostgresFailure && oldTableCodes.includes(error.code))

/** Names or types that are not there any more, or are others. */
const oldTableCodes: readonly string[] = ['42703', '42P01', '42704', '42804', '42883', '428C9', 'XX000']
