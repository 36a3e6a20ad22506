import { writeSync } from 'node:fs'

/**
 * Standard output, for the lines of the log: a disk that is full, or a reader that has stopped, must neither end the
 * server nor keep it from ending. The lines of one turn of the event loop are written together, at once, so that they
 * keep their order to the last. What cannot be written is tried again; of what would be too much to keep, the number is
 * told.
 */
export class LogOutput {
  private waiting: string[] = []
  private waitingLength = 0
  /** What a write left over. */
  private rest: Buffer = noBytes
  private dropped = 0
  private isPlanned = false
  private isClosed = false

  constructor(
    private readonly descriptor: number,
    private readonly tellDropped: (lines: number) => string,
  ) {
    process.on('exit', () => this.writeLast())
  }

  write(line: string): void {
    if (this.isClosed) return
    if (this.waitingLength + line.length > mostWaiting) {
      this.dropped++
      return
    }
    this.keep(line)
    if (this.isPlanned) return
    this.isPlanned = true
    setImmediate(() => this.writeSome())
  }

  private keep(line: string): void {
    this.waiting.push(line)
    this.waitingLength += line.length
  }

  private writeSome(): void {
    this.isPlanned = false
    if (this.writeAll() || this.isClosed) return
    this.isPlanned = true
    setTimeout(() => this.writeSome(), retryMs).unref()
  }

  /** Whether nothing is left. */
  private writeAll(): boolean {
    try {
      while (this.rest.length > 0 || this.takeLines()) {
        this.rest = this.rest.subarray(writeSync(this.descriptor, this.rest))
      }
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') this.isClosed = true
      return false
    }
  }

  private takeLines(): boolean {
    if (this.dropped > 0) this.keep(this.tellDropped(this.dropped))
    this.dropped = 0
    this.rest = Buffer.from(this.waiting.join(''))
    this.waiting = []
    this.waitingLength = 0
    return this.rest.length > 0
  }

  /** There is no later for these: a reader that is only slow gets a little time. */
  private writeLast(): void {
    for (let attempt = 0; attempt < lastAttempts && !this.isClosed && !this.writeAll(); attempt++) {
      Atomics.wait(clock, 0, 0, lastPauseMs)
    }
  }
}

const mostWaiting = 4 * 1024 * 1024
const retryMs = 100
const lastAttempts = 20
const lastPauseMs = 25
const noBytes: Buffer = Buffer.alloc(0)
const clock = new Int32Array(new SharedArrayBuffer(4))
