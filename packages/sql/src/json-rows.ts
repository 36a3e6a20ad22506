import { PluginError } from '@easyrest/protocol'

/** Rows as a JSON array that grows: one string, and no object per row. Who prints the rows of a database extends it. */
export abstract class JsonRows<Row> {
  /** Rows added since the last chunk. */
  rowCount = 0
  private text = ''
  private lastRow: Row | undefined

  /** @param maxBytes of the whole array in UTF-8: `too_large` beyond it */
  constructor(private readonly maxBytes: number) {}

  /** The JSON array of all rows. */
  rows(): Buffer {
    const bytes = Buffer.from(`[${this.text}]`, 'utf8')
    if (bytes.length > this.maxBytes) throw this.tooLarge()
    return bytes
  }

  /** The rows added since the last time, without brackets; what follows begins anew. */
  takeChunk(): { readonly rows: Buffer; readonly rowCount: number } {
    const chunk = { rows: Buffer.from(this.text, 'utf8'), rowCount: this.rowCount }
    this.text = ''
    this.rowCount = 0
    return chunk
  }

  /** UTF-16 units added since the last chunk. */
  get length(): number {
    return this.text.length
  }

  /** The JSON array of the last row's key; empty without a row or a key. */
  lastKey(): Buffer {
    const values = this.lastRow === undefined ? [] : this.keyOf(this.lastRow)
    return values.length === 0 ? Buffer.alloc(0) : Buffer.from(`[${values.join(',')}]`, 'utf8')
  }

  /** @param object the row as JSON */
  protected add(row: Row, object: string): void {
    this.text += this.rowCount === 0 ? object : `,${object}`
    if (this.text.length > this.maxBytes) throw this.tooLarge()
    this.lastRow = row
    this.rowCount++
  }

  /** The values of the row's last key, each as JSON; none when no key is asked for. */
  protected abstract keyOf(row: Row): readonly string[]

  private tooLarge(): PluginError {
    return new PluginError('too_large', `the answer has more than ${this.maxBytes} bytes; use limit`)
  }
}
