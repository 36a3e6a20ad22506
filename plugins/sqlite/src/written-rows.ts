import type { Projection, RequestContext } from '@easyrest/protocol'
import { type Binding, keyProjection, lookupStatement, type RowsStatement } from '@easyrest/sql'
import { type SqliteRow, storedBinding } from './database.js'
import { RowWriter } from './row-writer.js'
import { type SqliteSession, timezoneOf } from './sqlite-session.js'
import { computedColumn, type SqliteColumn, type SqliteTable } from './sqlite-table.js'

/**
 * The rows that a write answers, as they are stored when it is done. RETURNING tells them before AFTER triggers run, so
 * of a table that has any it tells only which rows they are, and their values are read at the end.
 */
export class WrittenRows {
  /** For the statements of the write: the table, and what they return of each row. */
  readonly table: SqliteTable
  readonly returning: readonly Projection[]
  private readonly keys: StoredKey[] = []
  private readonly isLate: boolean
  private writer: RowWriter | undefined

  constructor(
    private readonly session: SqliteSession,
    private readonly source: SqliteTable,
    private readonly context: RequestContext | undefined,
    private readonly select: readonly Projection[],
  ) {
    const identity = source.hasAftereffects ? identityOf(source) : undefined
    this.isLate = identity !== undefined
    this.table = identity?.table ?? source
    this.returning = identity?.returning ?? select
  }

  /** A row that a statement with `returning` has answered in the exact form. */
  add(statement: RowsStatement<SqliteColumn>, row: SqliteRow): void {
    if (this.isLate) this.keys.push(keyIn(statement, row))
    else this.write(statement, row)
  }

  /** Called when everything is written. A row that a trigger has removed again is not among them. */
  finish(): { readonly rows: Buffer; readonly rowCount: number } {
    for (const key of this.keys) this.read(key)
    return { rows: this.writer?.rows() ?? Buffer.from('[]'), rowCount: this.writer?.rowCount ?? 0 }
  }

  private read(key: StoredKey): void {
    const target = this.session.target(this.context, 'exact')
    const statement = lookupStatement({ select: this.select, key }, this.source, target)
    const row = this.session.database.get(statement)
    if (row !== undefined) this.write(statement, row)
  }

  private write(statement: RowsStatement<SqliteColumn>, row: SqliteRow): void {
    this.writer ??= new RowWriter(statement, 'exact', timezoneOf(this.context), Number.POSITIVE_INFINITY)
    this.writer.write(row)
  }
}

type StoredKey = readonly (readonly [name: string, value: Binding])[]

interface Identity {
  readonly table: SqliteTable
  readonly returning: readonly Projection[]
}

/** What tells a row from all others; undefined: nothing does. */
const identityOf = (table: SqliteTable): Identity | undefined => {
  if (table.rowId === undefined)
    return table.primaryKey.length > 0 ? { table, returning: keyProjection(table) } : undefined
  const known = identities.get(table)
  if (known !== undefined) return known
  const columns = new Map([...table.columns, [rowIdMember, computedColumn(table.rowId, 'integer')]])
  const identity: Identity = {
    table: { ...table, columns },
    returning: [{ kind: 'column', alias: rowIdMember, column: rowIdMember, cast: '' }],
  }
  identities.set(table, identity)
  return identity
}

// What is known of a table's statements is kept with its value, which must stay the same for that.
const identities = new WeakMap<SqliteTable, Identity>()

/** No column that a request can name. */
const rowIdMember = 'row id'

const keyIn = ({ outputs }: RowsStatement<SqliteColumn>, row: SqliteRow): StoredKey =>
  outputs.map(({ column }, index) => [column.name, storedBinding(row[index]!, row[outputs.length + index] === 'text')])
