import { PluginError } from '@easyrest/protocol'
import { firstColumnLength, RowBuffer } from './row-buffer.js'

/** The rows of one answer, as a JSON array. */
export class RowCollector {
  private readonly buffer = new RowBuffer('[')
  private key: Buffer | undefined

  /** @param maxBytes of the whole answer */
  constructor(private readonly maxBytes: number) {}

  get rowCount(): number {
    return this.buffer.rowCount
  }

  /** A row of one or two columns: the JSON object, and the last key. Throws `too_large`. */
  readonly add = (bytes: Buffer, start: number): void => {
    const length = firstColumnLength(bytes, start)
    if (this.buffer.byteLength + length + 2 > this.maxBytes) throw this.tooLarge()
    this.buffer.add(bytes, start)
    if (bytes.readUInt16BE(start) > 1) this.keepKey(bytes, start + 6 + length)
  }

  /** A JSON array. */
  rows(): Buffer {
    return this.buffer.bytes(']')
  }

  /** Empty without rows. */
  lastKey(): Buffer {
    return this.key ?? noBytes
  }

  private keepKey(bytes: Buffer, start: number): void {
    const length = bytes.readInt32BE(start)
    this.key = Buffer.from(bytes.subarray(start + 4, start + 4 + length))
  }

  private tooLarge(): PluginError {
    return new PluginError('too_large', `the answer has more than ${this.maxBytes} bytes`)
  }
}

const noBytes = Buffer.alloc(0)
