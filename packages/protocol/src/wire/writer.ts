const usualCapacity = 64 * 1024
const keptCapacity = 1024 * 1024

/** Appends protobuf wire format to a buffer that grows. One writer serves one message at a time. */
export class Writer {
  private bytes = Buffer.allocUnsafeSlow(usualCapacity)
  private length = 0

  /** Begins another message. */
  reset(): void {
    this.length = 0
    // One huge message must not hold its memory for ever.
    if (this.bytes.length > keptCapacity) this.bytes = Buffer.allocUnsafeSlow(usualCapacity)
  }

  /** The message, in memory of its own. */
  copy(): Buffer {
    const message = Buffer.allocUnsafe(this.length)
    this.bytes.copy(message, 0, 0, this.length)
    return message
  }

  /** Unsigned, up to 2^53 - 1. */
  varint(value: number): void {
    this.reserve(10)
    let rest = value
    while (rest >= 0x80) {
      // The bitwise operators cut to 32 bits, so larger numbers go by division.
      this.bytes[this.length++] = (rest % 0x80) | 0x80
      rest = rest < 0x80000000 ? rest >>> 7 : Math.floor(rest / 0x80)
    }
    this.bytes[this.length++] = rest
  }

  string(value: string): void {
    // A UTF-16 unit takes at most three bytes.
    this.reserve(value.length * 3 + 5)
    if (value.length <= 24 && this.shortAscii(value)) return
    const start = this.length
    const written = this.bytes.write(value, start + 1, 'utf8')
    this.closeLength(start, written)
  }

  raw(value: Uint8Array): void {
    this.varint(value.length)
    this.reserve(value.length)
    this.bytes.set(value, this.length)
    this.length += value.length
  }

  /** Writes whatever `write` appends, preceded by its length. */
  delimited<T>(value: T, write: (writer: Writer, value: T) => void): void {
    this.reserve(1)
    const start = this.length++
    write(this, value)
    const written = this.length - start - 1
    this.length = start
    this.reserve(written + 5)
    this.closeLength(start, written)
  }

  // Calling the native encoder costs more than a name is long. False: nothing was written.
  private shortAscii(value: string): boolean {
    let position = this.length + 1
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index)
      if (unit >= 0x80) return false
      this.bytes[position++] = unit
    }
    this.bytes[this.length] = value.length
    this.length = position
    return true
  }

  // The content stands one byte behind `start`: most messages are shorter than 128 bytes and need no move.
  private closeLength(start: number, written: number): void {
    const width = written < 0x80 ? 1 : written < 0x4000 ? 2 : written < 0x200000 ? 3 : written < 0x10000000 ? 4 : 5
    if (width > 1) this.bytes.copyWithin(start + width, start + 1, start + 1 + written)
    this.length = start
    this.varint(written)
    this.length += written
  }

  private reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2))
    // closeLength moves `length` back over content already written, so everything is kept.
    this.bytes.copy(larger)
    this.bytes = larger
  }
}
