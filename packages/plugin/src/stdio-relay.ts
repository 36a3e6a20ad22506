import { log } from './log.js'

/**
 * What the program prints after the handshake, on its way to the host: standard output itself belongs to the
 * handshake. Kept until a reader comes, up to `queueLimit` bytes, of which the oldest go first.
 */
export class StdioRelay {
  private queue: Buffer[] = []
  private queuedBytes = 0
  private reader: StdioReader | undefined
  private blocked = false

  constructor(private readonly queueLimit = 256 * 1024) {}

  /** Takes over process.stdout.write, and console.log with it. */
  capture(): void {
    process.stdout.write = ((chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
      this.push(typeof chunk === 'string' ? Buffer.from(chunk, asEncoding(encoding)) : Buffer.from(chunk))
      const done = typeof encoding === 'function' ? encoding : callback
      if (typeof done === 'function') process.nextTick(done as () => void)
      return true
    }) as typeof process.stdout.write
  }

  /** The latest reader gets everything from now on. */
  attach(reader: StdioReader): void {
    this.reader?.end()
    this.reader = reader
    this.blocked = false
    reader.on('drain', () => this.resume(reader))
    reader.on('cancelled', () => this.detach(reader))
    this.flush()
  }

  private resume(reader: StdioReader): void {
    if (reader !== this.reader) return
    this.blocked = false
    this.flush()
  }

  private detach(reader: StdioReader): void {
    if (reader === this.reader) this.reader = undefined
  }

  private push(data: Buffer): void {
    for (let start = 0; start < data.length; start += chunkBytes) {
      const chunk = data.subarray(start, start + chunkBytes)
      this.queue.push(chunk)
      this.queuedBytes += chunk.length
    }
    this.flush()
    this.dropOldest()
  }

  private flush(): void {
    while (this.reader !== undefined && !this.blocked && this.queue.length > 0) {
      const data = this.queue.shift()!
      this.queuedBytes -= data.length
      this.blocked = !this.reader.write({ channel: 'STDOUT', data })
    }
  }

  private dropOldest(): void {
    if (this.queuedBytes <= this.queueLimit) return
    if (!this.warned) log.warn('the host reads standard output too slowly; the oldest is dropped')
    this.warned = true
    while (this.queuedBytes > this.queueLimit) this.queuedBytes -= this.queue.shift()!.length
  }

  private warned = false
}

/** The stream of StreamStdio, as far as it matters here. */
export interface StdioReader {
  write(message: { channel: 'STDOUT'; data: Uint8Array }): boolean
  end(): unknown
  on(event: 'drain' | 'cancelled', listener: () => void): unknown
}

const chunkBytes = 64 * 1024

const asEncoding = (encoding: unknown): BufferEncoding =>
  typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'
