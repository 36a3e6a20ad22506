import { type Call, PluginError, type RequestContext } from '@easyrest/plugin'
import { functionDescription } from './catalog/describe-functions.js'
import { tableDescription } from './catalog/describe-tables.js'
import { KnownNames, type Read } from './catalog/known-names.js'
import { openConnection } from './connect/open-connection.js'
import type { PostgresUri } from './connect/postgres-uri.js'
import { ConnectionPool } from './connection-pool.js'
import { pluginErrorOf } from './postgres-errors.js'
import { ConnectionLost, PostgresFailure } from './postgres-failure.js'
import { isOfOldStatement, type TransactionScope, Transactions } from './transactions.js'
import { type TableUse, ThingChanged, Use } from './use.js'
import { nameColumn } from './values/unfit-column.js'

/** One database with what all calls of the DB role share. */
export class Database {
  readonly tables
  readonly functions
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
    this.tables = new KnownNames(tableDescription, uri.schemas)
    this.functions = new KnownNames(functionDescription, uri.schemas)
  }

  /** Runs a call on a table, and gives its failures the reasons of the contract. */
  onTable<Result>(
    { table, context }: { readonly table: string; readonly context: RequestContext | undefined },
    call: Call | undefined,
    work: (use: TableUse) => Promise<Result>,
  ): Promise<Result> {
    return this.use(this.tables, table, { context, call }, work)
  }

  /** The same for any thing that has a name. */
  use<Thing, Result>(
    known: KnownNames<Thing>,
    name: string,
    scope: TransactionScope,
    work: (use: Use<Thing>) => Promise<Result>,
  ): Promise<Result> {
    return this.onThings(known, [name], scope, ([use]) => work(use!))
  }

  /** The same for several at once. */
  onThings<Thing, Result>(
    known: KnownNames<Thing>,
    names: readonly string[],
    scope: TransactionScope,
    work: (uses: readonly Use<Thing>[]) => Promise<Result>,
  ): Promise<Result> {
    return this.perform(async () => {
      try {
        return await this.useOnce(known, names, scope, work)
      } catch (error) {
        // Nothing was done: what is known is read again.
        if (!(error instanceof ThingChanged)) throw error
        for (const name of names) known.forget(name)
        return this.useOnce(known, names, scope, work)
      }
    })
  }

  /**
   * Gives failures the reasons of the contract. Work whose connection was lost before anything was committed is done once
   * more, on another one; it must begin anew with what it collects.
   */
  async perform<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await this.performTwice(work)
    } catch (error) {
      throw pluginErrorOf(error)
    }
  }

  private async performTwice<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error
      // The others may be lost too, without having been told yet.
      for (const pool of this.pools) pool.dropIdle()
      return work()
    }
  }

  async close(): Promise<void> {
    for (const pool of this.pools) pool.close()
  }

  private async useOnce<Thing, Result>(
    known: KnownNames<Thing>,
    names: readonly string[],
    scope: TransactionScope,
    work: (uses: readonly Use<Thing>[]) => Promise<Result>,
  ): Promise<Result> {
    const read: Read = (steps) => this.transactions.read(scope, steps)
    const uses: Use<Thing>[] = []
    const older: string[] = []
    for (const name of names) {
      const { thing, isNew } = await known.get(name, read)
      uses.push(new Use(known, name, thing, scope))
      if (!isNew) older.push(name)
    }
    try {
      return await work(uses)
    } catch (error) {
      const isOld = mayComeFromOldThing(error) && (await anyHasChanged(known, older, read))
      if (isOld || isOfOldStatement(error)) throw new ThingChanged('what was known is old', { cause: error })
      const unchecked = uses.flatMap((use) => use.unchecked())
      throw await nameColumn(error, unchecked, (step) => read([step]))
    }
  }
}

const anyHasChanged = async <Thing>(
  known: KnownNames<Thing>,
  names: readonly string[],
  read: Read,
): Promise<boolean> => {
  for (const name of names) if (await known.hasChanged(name, read)) return true
  return false
}

const mayComeFromOldThing = (error: unknown): boolean =>
  error instanceof PluginError
    ? error.reason === 'unknown_column' || error.reason === 'bad_value'
    : error instanceof PostgresFailure && (oldThingCodes.includes(error.code) || error.code.startsWith('22'))

/** Names or types that are not there any more, or are others. */
const oldThingCodes: readonly string[] = ['42703', '42P01', '42704', '42804', '42883', '428C9', 'XX000']
