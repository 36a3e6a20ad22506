import { type Handshake, HandshakeError, parseHandshake, quoteOutput } from '@easyrest/protocol'

/** Standard output of one plugin process: the handshake, and whatever else it prints, which is dropped and reported. */
export class PluginOutput {
  /** Rejects with HandshakeError when the line is one that the host cannot use. */
  readonly handshake: Promise<Handshake>
  private settle!: { resolve: (handshake: Handshake) => void; reject: (error: Error) => void }
  private waiting = true
  private pending = Buffer.alloc(0)
  private rubbish = ''
  private window: NodeJS.Timeout | undefined
  private unreported = { text: '', bytes: 0 }

  /** @param report takes the beginning of what was printed, quoted, and the number of bytes */
  constructor(private readonly report: (text: string, bytes: number) => void) {
    this.handshake = new Promise((resolve, reject) => {
      this.settle = { resolve, reject }
    })
    // The start may have failed for another reason before anyone looks at this one.
    this.handshake.catch(() => {})
  }

  write(chunk: Buffer): void {
    if (!this.waiting) return this.drop(chunk)
    this.pending = Buffer.concat([this.pending, chunk])
    while (this.waiting && this.takeLine());
  }

  /** What was printed instead of a handshake. */
  get seen(): string {
    return this.rubbish + this.pending.toString('utf8', 0, maxLineBytes)
  }

  /** The process is gone or unwanted. */
  end(): void {
    clearTimeout(this.window)
    this.waiting = false
    this.reportUnreported()
  }

  /** True when there may be another line. */
  private takeLine(): boolean {
    const end = this.pending.indexOf(10)
    if (end === -1 || end > maxLineBytes) {
      if (this.pending.length > maxLineBytes) this.fail(endlessLine(this.pending))
      return false
    }
    const line = this.pending.toString('utf8', 0, end)
    this.pending = this.pending.subarray(end + 1)
    if (handshakeStart.test(line.trim())) this.finish(line)
    else this.skip(line)
    return true
  }

  private finish(line: string): void {
    try {
      this.settle.resolve(parseHandshake(line))
    } catch (error) {
      this.rubbish += line
      this.settle.reject(error as Error)
    }
    this.waiting = false
    const rest = this.pending
    this.pending = Buffer.alloc(0)
    if (rest.length > 0) this.drop(rest)
  }

  private fail(error: Error): void {
    this.settle.reject(error)
    this.waiting = false
  }

  private skip(line: string): void {
    if (this.rubbish.length < maxLineBytes) this.rubbish += `${line}\n`
    this.drop(Buffer.from(line))
  }

  private drop(chunk: Buffer): void {
    if (this.unreported.bytes === 0) this.unreported.text = chunk.toString('utf8', 0, 200)
    this.unreported.bytes += chunk.length
    this.window ?? this.openWindow()
  }

  // The first rubbish is reported at once, more of it once a second.
  private openWindow(): void {
    this.reportUnreported()
    this.window = setTimeout(() => {
      this.window = undefined
      if (this.unreported.bytes > 0) this.openWindow()
    }, 1000)
    this.window.unref()
  }

  private reportUnreported(): void {
    const { text, bytes } = this.unreported
    if (bytes === 0) return
    this.unreported = { text: '', bytes: 0 }
    this.report(quoteOutput(text), bytes)
  }
}

const maxLineBytes = 4096

const handshakeStart = /^\d+\|/

const endlessLine = (bytes: Buffer): HandshakeError =>
  new HandshakeError(
    `expected a handshake line, got more than ${maxLineBytes} bytes without a line end: ${quoteOutput(bytes.toString('utf8', 0, 200))}`,
  )
