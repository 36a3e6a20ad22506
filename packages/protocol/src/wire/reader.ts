/** Reads protobuf wire format from a buffer. Throws WireError on anything malformed. */
export class Reader {
  position = 0
  private depth = 0

  constructor(
    private readonly bytes: Buffer,
    public end: number = bytes.length,
  ) {}

  /** Unsigned, up to 2^53 - 1. */
  varint(): number {
    // Tags, lengths and most numbers are one byte.
    const first = this.position < this.end ? this.bytes[this.position]! : 0x80
    if (first < 0x80) {
      this.position++
      return first
    }
    return this.longVarint()
  }

  private longVarint(): number {
    let value = 0
    let factor = 1
    for (let count = 0; count < 10; count++) {
      if (this.position >= this.end) throw new WireError('a number is cut off')
      const byte = this.bytes[this.position++]!
      value += (byte & 0x7f) * factor
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw new WireError('a number is larger than 2^53 - 1')
        return value
      }
      factor *= 0x80
    }
    throw new WireError('a number is longer than ten bytes')
  }

  string(): string {
    const start = this.skipSpan()
    return shortAscii(this.bytes, start, this.position) ?? this.bytes.toString('utf8', start, this.position)
  }

  /** A view on the message's own memory. */
  raw(): Buffer {
    const start = this.skipSpan()
    return this.bytes.subarray(start, this.position)
  }

  delimited<T>(read: (reader: Reader) => T): T {
    const start = this.skipSpan()
    const end = this.position
    const outerEnd = this.end
    if (++this.depth > maxDepth) throw new WireError(`messages are nested deeper than ${maxDepth}`)
    this.position = start
    this.end = end
    const value = read(this)
    this.depth--
    this.position = end
    this.end = outerEnd
    return value
  }

  skip(wireType: number): void {
    if (wireType === 0) this.varint()
    else if (wireType === 1) this.advance(8)
    else if (wireType === 2) this.skipSpan()
    else if (wireType === 5) this.advance(4)
    else throw new WireError(`wire type ${wireType} does not exist`)
  }

  /** Goes behind a length-delimited field and returns where its content begins. */
  private skipSpan(): number {
    const length = this.varint()
    const start = this.position
    this.advance(length)
    return start
  }

  private advance(count: number): void {
    if (this.position + count > this.end) throw new WireError('a field is longer than its message')
    this.position += count
  }
}

/** Bytes that are not the message they should be. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

// Calling the native decoder costs more than a name is long.
const shortAscii = (bytes: Buffer, start: number, end: number): string | undefined => {
  if (end - start > 24) return undefined
  let text = ''
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!
    if (byte >= 0x80) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}

// Predicates are the only recursion; the host allows far fewer levels.
const maxDepth = 200
