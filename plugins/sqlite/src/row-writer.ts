import {
  inlineJson,
  JsonRows,
  type Output,
  plainText,
  printDouble,
  printTimestamp,
  quoteText,
  type RowsStatement,
  type Timezone,
  timezone,
} from '@easyrest/sql'
import type { SqliteRow, SqliteValue } from './database.js'
import type { SqliteColumn } from './sqlite-table.js'

/** How the rows of a statement were selected: see sqliteDialect. */
export type RowForm = 'quick' | 'exact'

/** Prints rows as the JSON of table.proto: every digit of an integer, the shortest form of a double, text as it is. */
export class RowWriter extends JsonRows<SqliteRow> {
  private readonly members: readonly Member[]
  private readonly zone: Timezone
  private readonly valueCount: number
  /** Bytes of text as SQLite counts them minus those the driver gave; not 0: something was cut or mended. */
  private missingBytes = 0
  private suspicious = false

  /** @param maxBytes `too_large` beyond it */
  constructor(
    private readonly statement: RowsStatement<SqliteColumn>,
    private readonly form: RowForm,
    zone: string,
    maxBytes: number,
  ) {
    super(maxBytes)
    this.zone = timezone(zone)
    this.valueCount = statement.outputs.length + statement.lastKey.length
    this.members = membersOf(statement.outputs)
  }

  write(row: SqliteRow): void {
    let object = ''
    for (let index = 0; index < this.members.length; index++) {
      const { opening, column, constant } = this.members[index]!
      object += opening + (constant ?? this.value(row, index, column))
    }
    this.add(row, `${object}}`)
    if (this.form === 'quick') this.missingBytes += Number(row[this.valueCount])
  }

  /** False: the rows must be selected again in the exact form. */
  get isExact(): boolean {
    return this.form === 'exact' || (this.missingBytes === 0 && !this.suspicious)
  }

  protected keyOf(row: SqliteRow): readonly string[] {
    const { outputs, lastKey } = this.statement
    return lastKey.map(({ column }, index) => this.value(row, outputs.length + index, column))
  }

  private value(row: SqliteRow, index: number, column: SqliteColumn): string {
    const value = row[index]!
    if (this.form === 'exact' && row[this.valueCount + index] === 'text') {
      return this.string(decodeText(value as Uint8Array), column)
    }
    if (typeof value === 'string') {
      this.count(value, column)
      return this.string(value, column)
    }
    const printed = this.scalar(value, column)
    return column.asText && value !== null && printed[0] !== '"' ? `"${printed}"` : printed
  }

  private count(value: string, column: SqliteColumn): void {
    // Text in a column of numbers is not counted in SQL.
    if (column.type === 'integer' || column.type === 'real' || column.type === 'numeric' || column.type === 'boolean') {
      this.suspicious = true
    } else if (plainText.test(value)) this.missingBytes -= value.length
    else {
      this.missingBytes -= Buffer.byteLength(value)
      if (value.includes('\ufffd')) this.suspicious = true
    }
  }

  private string(value: string, column: SqliteColumn): string {
    if (column.type === 'timestamp') return quoteText(printTimestamp(value, this.zone) ?? value)
    if (column.type === 'json' && !column.asText) return inlineJson(value)
    return quoteText(value)
  }

  private scalar(value: Exclude<SqliteValue, string>, column: SqliteColumn): string {
    if (value === null) return 'null'
    if (typeof value === 'bigint') {
      if (column.type === 'boolean' && (value === 0n || value === 1n)) return value === 1n ? 'true' : 'false'
      return value.toString()
    }
    if (typeof value === 'number') return printDouble(value)
    return `"${bufferOf(value).toString('base64')}"`
  }
}

interface Member {
  /** `{"name":` or `,"name":` */
  readonly opening: string
  readonly column: SqliteColumn
  readonly constant: string | undefined
}

const membersOf = (outputs: readonly Output<SqliteColumn>[]): readonly Member[] => {
  const known = membersByOutputs.get(outputs)
  if (known !== undefined) return known
  const members = outputs.map(({ alias, column, constant }, index) => ({
    opening: `${index === 0 ? '{' : ','}${JSON.stringify(alias)}:`,
    column,
    constant: constant && JSON.stringify(textOf(constant.value)),
  }))
  membersByOutputs.set(outputs, members)
  return members
}

// The outputs of whole rows are the same value as long as the table is.
const membersByOutputs = new WeakMap<readonly Output<SqliteColumn>[], readonly Member[]>()

const decodeText = (bytes: Uint8Array): string => decoder.decode(bytes)

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const textOf = (value: unknown): string => (value instanceof Uint8Array ? decodeText(value) : String(value))

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
