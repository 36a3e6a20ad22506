import type { Target } from '@easyrest/sql'
import type { KnownNames } from './catalog/known-names.js'
import type { PostgresColumn, PostgresTable } from './catalog/postgres-table.js'
import type { Step } from './server-connection.js'
import { postgresDialect } from './sql/postgres-dialect.js'
import type { TransactionScope } from './transactions.js'
import { OperandBinder } from './values/operand-binder.js'
import { type UncheckedValue, uncheckedOperands } from './values/unfit-column.js'

export type TableUse = Use<PostgresTable>

/** A table or a function during one call. */
export class Use<Thing> {
  readonly target: Target<PostgresColumn>
  /** Go in front of the call's own steps: they find out whether the thing is still what it was. */
  readonly comparison: readonly Step[]
  private readonly binder = new OperandBinder()
  private readonly members: UncheckedValue[] = []
  private readonly pending: ReturnType<KnownNames<Thing>['comparison']>

  constructor(
    private readonly known: KnownNames<Thing>,
    private readonly name: string,
    readonly thing: Thing,
    readonly scope: TransactionScope,
  ) {
    this.target = { dialect: postgresDialect, binder: this.binder }
    this.pending = known.comparison(name)
    this.comparison = this.pending === undefined ? [] : [this.pending.step]
  }

  /** Called when the steps were carried out, and before anything is committed. Throws ThingChanged. */
  confirm(): void {
    if (this.pending !== undefined && !this.known.confirm(this.name, this.pending)) throw new ThingChanged()
  }

  /** Values of a body that only the server can judge. */
  leaveToServer(values: readonly UncheckedValue[]): void {
    this.members.push(...values)
  }

  unchecked(): readonly UncheckedValue[] {
    return [...uncheckedOperands(this.binder.unchecked), ...this.members]
  }
}

/** The thing is not what the statement was written for. */
export class ThingChanged extends Error {}
