import { JsonRows, type Output, type RowsStatement, timezone } from '@easyrest/sql'
import type { Field, MysqlRow, RowSink } from './connection.js'
import type { MysqlColumn } from './mysql-table.js'
import { type Printer, type PrintZone, printerOf } from './value-printer.js'

/** What is written of a statement's rows. */
export type WrittenStatement = Pick<RowsStatement<MysqlColumn>, 'outputs' | 'lastKey'>

/** Prints the rows of one statement as JSON, as they arrive. */
export class RowWriter extends JsonRows<MysqlRow> implements RowSink {
  private printers: readonly Printer[] = []
  private readonly openings: readonly string[]

  /** @param maxBytes `too_large` beyond it */
  constructor(
    private readonly statement: WrittenStatement,
    private readonly zone: PrintZone,
    maxBytes: number,
  ) {
    super(maxBytes)
    this.openings = openingsOf(statement.outputs)
  }

  open(fields: readonly Field[]): void {
    const { outputs, lastKey } = this.statement
    const columns = lastKey.length === 0 ? outputs : [...outputs, ...lastKey]
    this.printers = fields.map((field, index) => printerOf(field, columns[index]?.column.answerAs))
  }

  row(row: MysqlRow): void {
    let object = ''
    for (let index = 0; index < this.openings.length; index++) object += this.openings[index] + this.value(row, index)
    this.add(row, `${object}}`)
  }

  protected keyOf(row: MysqlRow): readonly string[] {
    const { outputs, lastKey } = this.statement
    return lastKey.map((_, index) => this.value(row, outputs.length + index))
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
