import { PluginError } from '@easyrest/protocol'
import {
  inlineJson,
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

/**
 * Prints rows as the JSON of table.proto: every digit of an integer, the shortest form of a double, text as it is. It
 * builds one string and no object per row.
 */
export class RowWriter {
  /** Objects written. */
  rowCount = 0
  private text = ''
  private lastRow: SqliteRow | undefined
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
    private readonly maxBytes: number,
  ) {
    this.zone = timezone(zone)
    this.valueCount = statement.outputs.length + statement.lastKey.length
    this.members = membersOf(statement.outputs)
  }

  write(row: SqliteRow): void {
    let text = this.rowCount === 0 ? '' : ','
    for (let index = 0; index < this.members.length; index++) {
      const { opening, column, constant } = this.members[index]!
      text += opening + (constant ?? this.value(row, index, column))
    }
    this.text += `${text}}`
    if (this.text.length > this.maxBytes) throw tooLarge(this.maxBytes)
    if (this.form === 'quick') this.missingBytes += Number(row[this.valueCount])
    this.lastRow = row
    this.rowCount++
  }

  /** False: the rows must be selected again in the exact form. */
  get isExact(): boolean {
    return this.form === 'exact' || (this.missingBytes === 0 && !this.suspicious)
  }

  /** The JSON array of all rows. */
  rows(): Buffer {
    const bytes = Buffer.from(`[${this.text}]`, 'utf8')
    if (bytes.length > this.maxBytes) throw tooLarge(this.maxBytes)
    return bytes
  }

  /** The rows written since the last time, without brackets; what follows begins anew. */
  takeChunk(): { readonly rows: Buffer; readonly rowCount: number } {
    const chunk = { rows: Buffer.from(this.text, 'utf8'), rowCount: this.rowCount }
    this.text = ''
    this.rowCount = 0
    return chunk
  }

  /** UTF-16 units written since the last chunk. */
  get length(): number {
    return this.text.length
  }

  /** The JSON array of the last row's key; empty without a row or a key. */
  lastKey(): Buffer {
    const { outputs, lastKey } = this.statement
    const row = this.lastRow
    if (row === undefined || lastKey.length === 0) return Buffer.alloc(0)
    const values = lastKey.map(({ column }, index) => this.value(row, outputs.length + index, column))
    return Buffer.from(`[${values.join(',')}]`, 'utf8')
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

const tooLarge = (maxBytes: number): PluginError =>
  new PluginError('too_large', `the answer has more than ${maxBytes} bytes; use limit`)
