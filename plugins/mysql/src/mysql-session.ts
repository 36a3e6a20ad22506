import type { Call } from '@easyrest/plugin'
import type { RequestContext } from '@easyrest/protocol'
import { parseOffset, type Statement, type Target, type Timezone, timezone } from '@easyrest/sql'
import type { Catalog } from './catalog.js'
import type { Connection, MysqlRow, Outcome, RowSink } from './connection.js'
import { mysqlDialect } from './mysql-dialect.js'
import type { MysqlColumn } from './mysql-table.js'
import { printZone } from './row-writer.js'
import type { Server } from './server.js'
import { ValueBinder } from './value-binder.js'
import type { PrintZone } from './value-printer.js'

/** One connection in the hands of one call. */
export class MysqlSession {
  /** How statements of this request are written and their values bound. */
  readonly target: Target<MysqlColumn>
  readonly printZone: PrintZone

  /** @param offset of the session's clock */
  constructor(
    readonly connection: Connection,
    readonly server: Server,
    readonly catalog: Catalog,
    context: RequestContext | undefined,
    offset: string,
    private readonly call: Call | undefined,
  ) {
    const zone = context?.timezone || 'UTC'
    this.target = { dialect: mysqlDialect, binder: new ValueBinder(timezone(zone), clockAt(offset)) }
    this.printZone = printZone(zone, offset)
  }

  /** Throws MysqlFailure, and the call's own error once nobody waits any more. */
  async run(statement: Statement, sink?: RowSink): Promise<Outcome> {
    this.checkCall()
    return this.connection.run(statement, sink)
  }

  async rows(statement: Statement): Promise<MysqlRow[]> {
    this.checkCall()
    return this.connection.rows(statement)
  }

  checkCall(): void {
    if (this.call?.cancelled) throw this.call.signal.reason
  }
}

const clockAt = (offset: string): Timezone => {
  const minutes = parseOffset(offset)!
  return { isUtc: minutes === 0, offsetAt: () => minutes }
}
