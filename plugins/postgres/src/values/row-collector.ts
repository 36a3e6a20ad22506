import { PluginError } from '@easyrest/protocol'

/** Puts the rows that the server printed one behind the other, byte by byte as they came. */
export class RowCollector {
  rowCount = 0
  private buffer = Buffer.allocUnsafe(initialLength)
  private length = 1
  private key: Buffer | undefined

  /** @param maxBytes of the whole answer */
  constructor(private readonly maxBytes: number) {
    this.buffer[0] = openBracket
  }

  /** A row of one or two columns: the JSON object, and the last key. Throws `too_large`. */
  readonly add = (bytes: Buffer, start: number): void => {
    const length = bytes.readInt32BE(start + 2)
    const from = start + 6
    if (this.length + length + 2 > this.maxBytes) throw this.tooLarge()
    this.reserve(length + 2)
    if (this.rowCount > 0) this.buffer[this.length++] = comma
    bytes.copy(this.buffer, this.length, from, from + length)
    this.length += length
    this.rowCount++
    if (bytes.readUInt16BE(start) > 1) this.keepKey(bytes, from + length)
  }

  /** A JSON array. */
  rows(): Buffer {
    this.reserve(1)
    this.buffer[this.length] = closeBracket
    return this.buffer.subarray(0, this.length + 1)
  }

  /** Empty without rows. */
  lastKey(): Buffer {
    return this.key ?? noBytes
  }

  private keepKey(bytes: Buffer, start: number): void {
    const length = bytes.readInt32BE(start)
    this.key = Buffer.from(bytes.subarray(start + 4, start + 4 + length))
  }

  private reserve(length: number): void {
    if (this.length + length <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + length))
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }

  private tooLarge(): PluginError {
    return new PluginError('too_large', `the answer has more than ${this.maxBytes} bytes`)
  }
}

const initialLength = 1024
const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c
const noBytes = Buffer.alloc(0)
