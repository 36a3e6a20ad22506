import type { RowEncoder } from './row-encoder.js'

/** One array; the rows stay the bytes they are. */
export class JsonEncoder implements RowEncoder {
  private empty = true

  encode(rows: Uint8Array): Uint8Array[] {
    const before = this.empty ? openBracket : comma
    this.empty = false
    return [before, rows]
  }

  end(): Uint8Array[] {
    return [this.empty ? emptyArray : closeBracket]
  }
}

const openBracket = Buffer.from('[')
const comma = Buffer.from(',')
const closeBracket = Buffer.from(']')
const emptyArray = Buffer.from('[]')
