import { isUtf8 } from 'node:buffer'
import { defaultJsonLimits } from '@easyrest/protocol'
import { ApiError } from '../errors.js'

/**
 * The rows of a CSV text (RFC 4180) whose first line names the columns. Cells are texts; an empty cell without quotes is
 * NULL and `""` is the empty text, as in the CSV that is answered. Own code, because the libraries tell the two apart at
 * many times the cost of reading, or not at all. Throws ApiError bad_body, duplicate_member.
 */
export const readCsv = (body: Buffer): Map<string, string | null>[] => {
  if (!isUtf8(body)) throw badCsv('Expected CSV in UTF-8')
  const reader = new CsvReader(body.toString('utf8').replace(/^\ufeff/, ''))
  const names = reader.record(maxColumns)?.map((name) => name ?? '')
  if (names === undefined) throw badCsv('Expected a line with the names of columns')
  refuseRepeated(names)
  const rows: Map<string, string | null>[] = []
  for (let cells = reader.record(names.length); cells !== undefined; cells = reader.record(names.length)) {
    if (cells.length < names.length) throw reader.problem(`Expected ${names.length} cells, got ${cells.length}`)
    rows.push(new Map(cells.map((cell, index) => [names[index]!, cell])))
  }
  return rows
}

const maxColumns = defaultJsonLimits.maxMembers

const refuseRepeated = (names: readonly string[]): void => {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) {
      const detail = `The column ${JSON.stringify(name.slice(0, 80))} occurs twice in the CSV`
      throw new ApiError('duplicate_member', { detail })
    }
    seen.add(name)
  }
}

class CsvReader {
  private position = 0
  /** Of the record that is being read, from 1. */
  private line = 0
  private linesAhead = 1
  /** Old files for the Macintosh end lines with a carriage return alone. */
  private readonly lineEnd: string
  private readonly plainEnd: RegExp

  constructor(private readonly text: string) {
    this.lineEnd = text.includes('\n') ? '\n' : '\r'
    this.plainEnd = /[,"\r\n]|$/g
  }

  /** The next line that is not empty; undefined: there is none. */
  record(maxCells: number): (string | null)[] | undefined {
    while (this.lineEndsHere() && this.position < this.text.length) this.skipLineEnd()
    if (this.position >= this.text.length) return undefined
    this.line = this.linesAhead
    const cells = [this.cell()]
    while (this.text[this.position] === ',') {
      if (cells.length === maxCells) throw this.problem(`Expected at most ${maxCells} cells`)
      this.position++
      cells.push(this.cell())
    }
    if (!this.lineEndsHere()) throw this.problem('Expected a comma or the end of the line behind a quoted cell')
    this.skipLineEnd()
    return cells
  }

  problem(detail: string): ApiError {
    return badCsv(`${detail}, in line ${this.line} of the CSV`)
  }

  private cell(): string | null {
    if (this.text[this.position] === '"') return this.quotedCell()
    this.plainEnd.lastIndex = this.position
    const end = this.plainEnd.exec(this.text)!.index
    const cell = this.text.slice(this.position, end)
    this.position = end
    if (this.text[end] === '"' || (this.text[end] === '\r' && !this.lineEndsHere())) {
      throw this.problem('Expected a cell with a quote or a line break to stand in quotes')
    }
    return cell === '' ? null : cell
  }

  private quotedCell(): string {
    let cell = ''
    for (let start = this.position + 1; ; start = this.position + 1) {
      const end = this.text.indexOf('"', start)
      if (end < 0) throw this.problem('Expected a quote that ends the cell')
      cell += this.text.slice(start, end)
      this.position = end + 1
      if (this.text[this.position] !== '"') break
      cell += '"'
    }
    this.linesAhead += countOf(cell, this.lineEnd)
    return cell
  }

  private lineEndsHere(): boolean {
    const { text, position } = this
    if (position >= text.length || text[position] === this.lineEnd) return true
    return text[position] === '\r' && text[position + 1] === '\n'
  }

  private skipLineEnd(): void {
    this.position += this.text[this.position] === this.lineEnd ? 1 : 2
    this.linesAhead++
  }
}

const countOf = (text: string, character: string): number => text.split(character).length - 1

const badCsv = (detail: string): ApiError => new ApiError('bad_body', { detail })
