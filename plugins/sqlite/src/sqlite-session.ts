import type { Call } from '@easyrest/plugin'
import { PluginError, type RequestContext } from '@easyrest/protocol'
import type { Target } from '@easyrest/sql'
import type { Database } from './database.js'
import { Interruption } from './interruption.js'
import { Catalog } from './introspect.js'
import type { RowForm } from './row-writer.js'
import { exactDialect, sqliteDialect } from './sqlite-dialect.js'
import { pluginErrorOf } from './sqlite-errors.js'
import { SqliteFailure } from './sqlite-failure.js'
import type { SqliteColumn } from './sqlite-table.js'
import { ValueBinder } from './value-binder.js'

/** One connection with what is known of its schema. Synchronous: a thread has one of its own. */
export class SqliteSession {
  readonly catalog: Catalog
  readonly interruption: Interruption

  constructor(readonly database: Database) {
    this.catalog = new Catalog(database)
    this.interruption = new Interruption(database)
  }

  /** How statements of this request are written and their values bound. */
  target(context: RequestContext | undefined, form: RowForm): Target<SqliteColumn> {
    return { dialect: form === 'quick' ? sqliteDialect : exactDialect, binder: new ValueBinder(timezoneOf(context)) }
  }

  /** Runs a call, and gives its failures the reasons of the contract. */
  perform<Result>(work: () => Result, call?: Pick<Call, 'cancelled'>): Result {
    this.interruption.begin(call)
    this.catalog.begin()
    try {
      return this.retryOnSchemaChange(work)
    } catch (error) {
      throw pluginErrorOf(error)
    }
  }

  // Another program may change the schema between the look at its version and the statement. Nothing was done then.
  private retryOnSchemaChange<Result>(call: () => Result): Result {
    try {
      return call()
    } catch (error) {
      if (!mayComeFromOldSchema(error) || !this.catalog.isOutdated()) throw error
      return call()
    }
  }
}

export const timezoneOf = (context: RequestContext | undefined): string => context?.timezone || 'UTC'

const mayComeFromOldSchema = (error: unknown): boolean =>
  error instanceof PluginError
    ? error.reason === 'unknown_column' || error.reason === 'unknown_table'
    : error instanceof SqliteFailure && schemaChanged.test(error.message)

const schemaChanged = /^no such (column|table)|has no column named/
