import { type JsonRow, PluginError, type Predicate, type Projection } from '@easyrest/protocol'
import {
  type Binding,
  checkReturning,
  columnOf,
  keyProjection,
  type Output,
  type RowsStatement,
  StatementBuilder,
  selectStatement,
} from '@easyrest/sql'
import { integerBinding } from './bindings.js'
import type { MysqlValue } from './connection.js'
import type { MysqlSession } from './mysql-session.js'
import type { MysqlColumn, MysqlTable } from './mysql-table.js'
import { RowWriter } from './row-writer.js'
import { identityOf } from './unique-key.js'

/** The values of a key's columns, in their order. */
export type StoredKey = readonly Binding[]

/**
 * The rows that a write answers, as they are stored when it is done. A statement that returns its rows tells them; of the
 * others the keys are noted and the rows read at the end, inside the transaction.
 */
export class WrittenRows {
  private writer: RowWriter | undefined

  constructor(
    private readonly session: MysqlSession,
    private readonly table: MysqlTable,
    private readonly select: readonly Projection[],
  ) {
    checkReturning(select)
  }

  /** For a statement whose rows are answered as they come. */
  sink(statement: RowsStatement<MysqlColumn>): RowWriter {
    this.writer ??= new RowWriter(statement, this.session.printZone, Number.POSITIVE_INFINITY)
    return this.writer
  }

  /** Reads rows by the values of a unique key. */
  async read(key: readonly string[], values: readonly StoredKey[]): Promise<void> {
    for (let from = 0; from < values.length; from += keysPerStatement) {
      const statement = this.lookup(key, values.slice(from, from + keysPerStatement))
      await this.session.run(statement, this.sink(statement))
      if (values.length > 1) this.session.connection.forget(statement.text)
    }
  }

  finish(): { readonly rows: Buffer; readonly rowCount: number } {
    return { rows: this.writer?.rows() ?? Buffer.from('[]'), rowCount: this.writer?.rowCount ?? 0 }
  }

  private lookup(key: readonly string[], values: readonly StoredKey[]): RowsStatement<MysqlColumn> {
    const ordering = key.map((column) => ({ column, direction: 'asc', nulls: 'unspecified' }) as const)
    const { text, outputs, lastKey } = selectStatement(
      { select: this.select, ...everything },
      this.table,
      this.session.target,
    )
    const out = new StatementBuilder(this.session.target.dialect).sql(`${text} WHERE `)
    writeKeys(out, key, values)
    out.sql(' ORDER BY ').list(ordering, ', ', ({ column }) => out.name(column))
    const { text: whole, parameters } = out.build()
    return { text: whole, parameters: [...this.constants(outputs), ...parameters], outputs, lastKey }
  }

  private constants(outputs: readonly Output<MysqlColumn>[]): unknown[] {
    return outputs.flatMap(({ constant }) => (constant === undefined ? [] : [constant.value]))
  }
}

const everything = {
  where: undefined,
  grouping: [],
  having: undefined,
  distinct: false,
  ordering: [],
  page: undefined,
  lastKeyColumns: [],
} as const

/** `(a = ? AND b = ?) OR ...`, for one column `a IN (?, ...)`. */
const writeKeys = (out: StatementBuilder, key: readonly string[], values: readonly StoredKey[]): void => {
  const writeKey = (value: StoredKey): void => void out.list(value, ', ', (binding) => out.bind(binding))
  out.sql('(').list(key, ', ', (name) => out.name(name))
  out.sql(') IN (').list(values, ', ', (value) => {
    out.sql('(')
    writeKey(value)
    out.sql(')')
  })
  out.sql(')')
}

const keysPerStatement = 500

/** The keys of the rows that match, which stay locked until the transaction ends. Throws `unsupported` without a key. */
export const lockKeys = async (
  session: MysqlSession,
  table: MysqlTable,
  where: Predicate | undefined,
): Promise<{ key: readonly string[]; values: StoredKey[] }> => {
  const key = requiredIdentity(table)
  const select = key.map((column) => ({ kind: 'column', alias: column, column, cast: '' }) as const)
  const statement = selectStatement({ ...everything, select, where }, table, session.target)
  const rows = await session.rows({ ...statement, text: `${statement.text} FOR UPDATE` })
  return { key, values: rows.map((row) => key.map((name, index) => storedBinding(columnOf(table, name), row[index]!))) }
}

/** The same keys after a change of their columns. */
export const changedKeys = (
  session: MysqlSession,
  table: MysqlTable,
  { key, values }: { key: readonly string[]; values: readonly StoredKey[] },
  data: JsonRow,
): StoredKey[] =>
  values.map((value) =>
    value.map((binding, index) => {
      const changed = data.get(key[index]!)
      return changed === undefined ? binding : session.target.binder.value(columnOf(table, key[index]!), changed)
    }),
  )

export const requiredIdentity = (table: MysqlTable): readonly string[] => {
  const key = identityOf(table)
  if (key !== undefined) return key
  throw new PluginError(
    'unsupported',
    `${table.name} has no key by which its changed rows could be read again; leave return= out`,
    {
      details: { table: table.name },
    },
  )
}

/** A value as a row held it. */
const storedBinding = ({ type }: MysqlColumn, value: MysqlValue): Binding => {
  if (type === 'float' || type === 'double') return { value }
  return typeof value === 'number' || type === 'integer' ? integerBinding(BigInt(String(value))) : { value }
}

/** What is answered of each row of a change; undefined: nothing. */
export const answeredOf = (
  { returning, select }: { readonly returning: string; readonly select: readonly Projection[] },
  table: MysqlTable,
): readonly Projection[] | undefined =>
  returning === 'rows' ? select : returning === 'keys' ? keyProjection(table) : undefined
