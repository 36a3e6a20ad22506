import { PluginError } from '@easyrest/protocol'
import { type Output, type RowsStatement, timezone } from '@easyrest/sql'
import type { Field, MysqlRow, RowSink } from './connection.js'
import type { MysqlColumn } from './mysql-table.js'
import { type Printer, type PrintZone, printerOf } from './value-printer.js'

/** What is written of a statement's rows. */
export type WrittenStatement = Pick<RowsStatement<MysqlColumn>, 'outputs' | 'lastKey'>

/** Prints the rows of one statement as JSON, as they arrive: one string, and no object per row. */
export class RowWriter implements RowSink {
  /** Objects written. */
  rowCount = 0
  private text = ''
  private lastRow: MysqlRow | undefined
  private printers: readonly Printer[] = []
  private readonly openings: readonly string[]

  /** @param maxBytes `too_large` beyond it */
  constructor(
    private readonly statement: WrittenStatement,
    private readonly zone: PrintZone,
    private readonly maxBytes: number,
  ) {
    this.openings = openingsOf(statement.outputs)
  }

  open(fields: readonly Field[]): void {
    const { outputs, lastKey } = this.statement
    const columns = lastKey.length === 0 ? outputs : [...outputs, ...lastKey]
    this.printers = fields.map((field, index) => printerOf(field, columns[index]?.column.answerAs))
  }

  row(row: MysqlRow): void {
    let text = this.rowCount === 0 ? '' : ','
    for (let index = 0; index < this.openings.length; index++) text += this.openings[index] + this.value(row, index)
    this.text += `${text}}`
    if (this.text.length > this.maxBytes) throw tooLarge(this.maxBytes)
    this.lastRow = row
    this.rowCount++
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
    return Buffer.from(`[${lastKey.map((_, index) => this.value(row, outputs.length + index)).join(',')}]`, 'utf8')
  }

  private value(row: MysqlRow, index: number): string {
    const value = row[index]!
    return value === null ? 'null' : this.printers[index]!(value, this.zone)
  }
}

/** The zone of a request, and the offset that its session has. */
export const printZone = (name: string, sessionOffset: string): PrintZone => ({
  zone: timezone(name),
  sessionOffset: sessionOffset === '+00:00' ? '' : sessionOffset,
})

/** `{"name":` or `,"name":` of each member. */
const openingsOf = (outputs: readonly Output<MysqlColumn>[]): readonly string[] => {
  const known = openingsByOutputs.get(outputs)
  if (known !== undefined) return known
  const openings = outputs.map(({ alias }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(alias)}:`)
  openingsByOutputs.set(outputs, openings)
  return openings
}

// The outputs of whole rows are the same value as long as the table is.
const openingsByOutputs = new WeakMap<readonly Output<MysqlColumn>[], readonly string[]>()

const tooLarge = (maxBytes: number): PluginError =>
  new PluginError('too_large', `the answer has more than ${maxBytes} bytes; use limit`)
