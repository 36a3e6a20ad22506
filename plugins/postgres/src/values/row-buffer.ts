/** Rows that the server printed, one behind the other with commas between them, byte by byte as they came. */
export class RowBuffer {
  rowCount = 0
  private buffer = Buffer.allocUnsafe(initialLength)
  private length: number

  /** @param prefix one ASCII character in front of the rows, or none */
  constructor(prefix = '') {
    this.length = this.buffer.write(prefix, 'latin1')
  }

  get byteLength(): number {
    return this.length
  }

  /** @param start of a row whose first column is the JSON text */
  add(bytes: Buffer, start: number): void {
    const length = bytes.readInt32BE(start + 2)
    this.reserve(length + 2)
    if (this.rowCount > 0) this.buffer[this.length++] = comma
    bytes.copy(this.buffer, this.length, start + 6, start + 6 + length)
    this.length += length
    this.rowCount++
  }

  /** What there is, with one ASCII character behind it, or none. */
  bytes(suffix = ''): Buffer {
    this.reserve(1)
    const end = this.length + this.buffer.write(suffix, this.length, 'latin1')
    return this.buffer.subarray(0, end)
  }

  private reserve(length: number): void {
    if (this.length + length <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + length))
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }
}

/** The length of a row's first column. */
export const firstColumnLength = (bytes: Buffer, start: number): number => bytes.readInt32BE(start + 2)

const initialLength = 1024
const comma = 0x2c
