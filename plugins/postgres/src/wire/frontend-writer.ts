/** A parameter in text form: a string, the bytes of one, or NULL. */
export type Parameter = string | Uint8Array | null

/** Writes messages of the frontend, one behind the other (postgresql.org/docs, "Message Formats"). */
export class FrontendWriter {
  private buffer = Buffer.allocUnsafe(initialLength)
  private length = 0

  /** @param statement '' is the unnamed one */
  parse(statement: string, text: string): this {
    const start = this.begin('P')
    this.cstring(statement)
    this.cstring(text)
    // The server infers every type.
    this.int16(0)
    return this.end(start)
  }

  /** Binds the unnamed portal; results come as text. */
  bind(statement: string, parameters: readonly Parameter[]): this {
    const start = this.begin('B')
    this.cstring('')
    this.cstring(statement)
    this.int16(0)
    this.int16(parameters.length)
    for (const parameter of parameters) this.parameter(parameter)
    this.int16(0)
    return this.end(start)
  }

  describeStatement(statement: string): this {
    return this.named('D', 'S', statement)
  }

  closeStatement(statement: string): this {
    return this.named('C', 'S', statement)
  }

  /** Runs the unnamed portal to its end. */
  execute(): this {
    const start = this.begin('E')
    this.cstring('')
    this.int32(0)
    return this.end(start)
  }

  sync(): this {
    return this.end(this.begin('S'))
  }

  /** All messages since the last time. The bytes are the caller's own. */
  take(): Buffer {
    const messages = this.buffer.subarray(0, this.length)
    // What was written must not change until the socket has sent it.
    this.buffer = Buffer.allocUnsafe(initialLength)
    this.length = 0
    return messages
  }

  private named(code: string, kind: string, name: string): this {
    const start = this.begin(code)
    this.reserve(1)
    this.buffer[this.length++] = kind.charCodeAt(0)
    this.cstring(name)
    return this.end(start)
  }

  private begin(code: string): number {
    this.reserve(5)
    this.buffer[this.length] = code.charCodeAt(0)
    const start = this.length + 1
    this.length += 5
    return start
  }

  private end(start: number): this {
    this.buffer.writeInt32BE(this.length - start, start)
    return this
  }

  private parameter(value: Parameter): void {
    if (value === null) return this.int32(-1)
    const length = typeof value === 'string' ? Buffer.byteLength(value) : value.length
    this.int32(length)
    this.reserve(length)
    if (typeof value === 'string') this.buffer.write(value, this.length, 'utf8')
    else this.buffer.set(value, this.length)
    this.length += length
  }

  private cstring(text: string): void {
    const length = Buffer.byteLength(text)
    this.reserve(length + 1)
    this.buffer.write(text, this.length, 'utf8')
    this.length += length
    this.buffer[this.length++] = 0
  }

  private int16(value: number): void {
    this.reserve(2)
    this.length = this.buffer.writeUInt16BE(value, this.length)
  }

  private int32(value: number): void {
    this.reserve(4)
    this.length = this.buffer.writeInt32BE(value, this.length)
  }

  private reserve(length: number): void {
    if (this.length + length <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + length))
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }
}

const initialLength = 2048
