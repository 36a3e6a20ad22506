import type { Binding, Statement } from '@easyrest/sql'
import { constants, DatabaseSync } from '@photostructure/sqlite'
import { SqliteFailure } from './sqlite-failure.js'

/**
 * The one place that knows the driver, and what it does not do right; docs/decisions/0002-sqlite-driver.md has the
 * trial. Synchronous: one connection, one thread.
 */
export class Database {
  private readonly statements = new Map<string, PreparedStatement>()

  private constructor(private readonly driver: InstanceType<typeof DatabaseSync>) {}

  /** Throws SqliteFailure. */
  static open({ path, readOnly, busyTimeoutMs }: DatabaseLocation): Database {
    const driver = attempt(() => {
      return new DatabaseSync(path, {
        readOnly,
        timeout: busyTimeoutMs,
        enableForeignKeyConstraints: true,
        enableDoubleQuotedStringLiterals: false,
        defensive: true,
        readBigInts: true,
        returnArrays: true,
        limits: { attach: 0 },
      })
    })
    return new Database(driver)
  }

  get inTransaction(): boolean {
    return this.driver.isTransaction
  }

  /** Statements without parameters and rows. */
  exec(text: string): void {
    attempt(() => this.driver.exec(text))
  }

  all({ text, parameters }: Statement): SqliteRow[] {
    const statement = this.prepare(text)
    try {
      return statement.all(...parameters)
    } catch (error) {
      throw failureWithCode(error, statement, parameters)
    }
  }

  /** The first row. A write that answers rows is carried out as a whole. */
  get({ text, parameters }: Statement): SqliteRow | undefined {
    const statement = this.prepare(text)
    return attempt(() => statement.get(...parameters))
  }

  /**
   * Rows one at a time; the caller ends it with return() when it stops early. A second cursor on the same text would end
   * the first, so whoever keeps one open over several calls asks for one of its `own`.
   */
  *iterate({ text, parameters }: Statement, own = false): Generator<SqliteRow, void> {
    const statement = own ? (attempt(() => this.driver.prepare(text)) as PreparedStatement) : this.prepare(text)
    try {
      yield* statement.iterate(...parameters)
    } catch (error) {
      throw failureWithCode(error, statement, parameters)
    }
  }

  /** Number of rows that a write affected. */
  run({ text, parameters }: Statement): number {
    const statement = this.prepare(text)
    return attempt(() => Number(statement.run(...parameters).changes))
  }

  /** Makes a function of text available to statements. */
  define(name: string, implementation: (...values: unknown[]) => number | null): void {
    this.driver.function(name, { deterministic: true, directOnly: true }, implementation)
  }

  /** The same for a function that must be asked again for each row, because its answer changes. */
  defineVolatile(name: string, implementation: () => number): void {
    this.driver.function(name, { deterministic: false, directOnly: true }, implementation)
  }

  /** Names and declared types of what a statement answers. */
  columnsOf(text: string): ResultColumn[] {
    return attempt(() => this.driver.prepare(text).columns())
  }

  /** From now on a statement is prepared only when `mayDo` holds for each of its actions. @param longestValue bytes */
  restrict(mayDo: MayDo, longestValue: number): void {
    this.driver.limits.length = longestValue
    this.driver.setAuthorizer((code, first, second) =>
      mayDo(actions.get(code) ?? '', first, second) ? constants.SQLITE_OK : constants.SQLITE_DENY,
    )
  }

  /**
   * Whether COMMIT would fail for a deferred foreign key. SQLite tells only who applies a changeset, so one without
   * changes is applied.
   */
  get breaksForeignKey(): boolean {
    let breaks = false
    const onConflict = () => {
      breaks = true
      return constants.SQLITE_CHANGESET_OMIT
    }
    attempt(() => this.driver.applyChangeset(new Uint8Array(0), { onConflict }))
    return breaks
  }

  close(): void {
    this.statements.clear()
    if (this.driver.isOpen) this.driver.close()
  }

  // The driver cannot finalize a statement; what is dropped here goes with the next garbage collection.
  private prepare(text: string): PreparedStatement {
    const known = this.statements.get(text)
    if (known !== undefined) {
      this.statements.delete(text)
      this.statements.set(text, known)
      return known
    }
    const statement = attempt(() => this.driver.prepare(text)) as PreparedStatement
    if (this.statements.size >= maxStatements) this.statements.delete(this.statements.keys().next().value!)
    this.statements.set(text, statement)
    return statement
  }
}

export interface DatabaseLocation {
  /** A file, or `:memory:`. */
  readonly path: string
  readonly readOnly: boolean
  readonly busyTimeoutMs: number
}

export interface ResultColumn {
  readonly name: string
  /** As declared in the table; null for an expression. */
  readonly type: string | null
}

/** An action by the end of its name (SQLITE_READ: READ), and what it is done to. */
export type MayDo = (action: string, first: string | null, second: string | null) => boolean

const actions = new Map([
  [constants.SQLITE_SELECT, 'SELECT'],
  [constants.SQLITE_READ, 'READ'],
  [constants.SQLITE_FUNCTION, 'FUNCTION'],
  [constants.SQLITE_RECURSIVE, 'RECURSIVE'],
  [constants.SQLITE_PRAGMA, 'PRAGMA'],
])

export type SqliteValue = null | bigint | number | string | Uint8Array
export type SqliteRow = readonly SqliteValue[]

const maxStatements = 500

interface PreparedStatement {
  all(...parameters: readonly unknown[]): SqliteRow[]
  get(...parameters: readonly unknown[]): SqliteRow | undefined
  iterate(...parameters: readonly unknown[]): IterableIterator<SqliteRow>
  run(...parameters: readonly unknown[]): { changes: number | bigint }
}

/** An integer. The driver binds a JavaScript number beyond 32 bits as REAL. */
export const integerBinding = (value: bigint): Binding => ({ value })

/** A double. The driver binds a number nearer than 2^-52 above its floor as a 32-bit integer; SQLite reads its text exactly. */
export const realBinding = (value: number): Binding => ({
  value: Number.isInteger(value) || value - Math.floor(value) >= Number.EPSILON ? value : String(value),
  cast: 'REAL',
})

/** Text. The driver cuts bound text at U+0000; bytes it leaves alone. */
export const textBinding = (text: string): Binding =>
  text.includes('\0') ? { value: Buffer.from(text, 'utf8'), cast: 'TEXT' } : { value: text }

export const blobBinding = (bytes: Uint8Array): Binding => ({ value: bytes })

export const nullBinding: Binding = { value: null }

/** A value as a row held it, where text comes as bytes. */
export const storedBinding = (value: SqliteValue, isText: boolean): Binding => {
  if (typeof value === 'number') return realBinding(value)
  return isText ? { value, cast: 'TEXT' } : { value }
}

const attempt = <Result>(action: () => Result): Result => {
  try {
    return action()
  } catch (error) {
    throw toFailure(error)
  }
}

// all() and iterate() leave the error code out; the failed statement has been undone, so a second try tells it.
const failureWithCode = (error: unknown, statement: PreparedStatement, parameters: readonly unknown[]): unknown => {
  const failure = toFailure(error)
  if (!(failure instanceof SqliteFailure) || failure.code !== undefined) return failure
  try {
    statement.get(...parameters)
    return failure
  } catch (second) {
    return toFailure(second)
  }
}

const toFailure = (error: unknown): unknown => {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return error
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
  return new SqliteFailure(error.message, code)
}
