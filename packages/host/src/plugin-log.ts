import { type LogLevel, parseLogLine } from './parse-log-line.js'

export type PluginLogger = (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>) => void

/**
 * Standard error of one plugin process: lines become log records, the last 50 are kept for the error that may follow,
 * and a flood is cut, because a full pipe would block the plugin and an endless log would hurt everyone else.
 */
export class PluginLog {
  private readonly lines: string[] = []
  private pending = ''
  private cutting = false
  private level: LogLevel | undefined
  private panicking = false
  private dropped = 0
  private windowEnd = 0
  private budget = 0

  /** @param mask takes secrets out of a line */
  constructor(
    private readonly logger: PluginLogger,
    private readonly mask: (text: string) => string = (text) => text,
  ) {}

  write(chunk: Buffer): void {
    this.openWindow()
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      if (this.budget <= 0) return this.drop(chunk.length - start)
      this.append(chunk, start, end)
      this.endLine()
      start = end + 1
    }
    if (this.budget <= 0) return this.drop(chunk.length - start)
    this.append(chunk, start, chunk.length)
  }

  /** The stream has ended; a last line may lack its line end. */
  end(): void {
    this.endLine()
    this.reportDropped()
  }

  /** The last lines, oldest first. */
  tail(): readonly string[] {
    return this.lines
  }

  private openWindow(): void {
    const now = performance.now()
    if (now < this.windowEnd) return
    this.windowEnd = now + 1000
    this.budget = bytesPerSecond
    this.reportDropped()
  }

  private append(chunk: Buffer, start: number, end: number): void {
    const room = this.cutting ? 0 : Math.max(0, maxLineBytes - this.pending.length)
    const kept = Math.min(room, end - start)
    if (kept > 0) this.pending += chunk.toString('latin1', start, start + kept)
    if (kept < end - start) this.cutting = true
    this.dropped += end - start - kept
    this.budget -= kept
  }

  private endLine(): void {
    // Very short lines are charged more than their bytes: what they cost is the record.
    this.budget -= minLineCost
    this.cutting = false
    // Collected byte by byte, because a chunk may end within a character.
    const line = this.mask(Buffer.from(this.pending, 'latin1').toString('utf8').trimEnd())
    this.pending = ''
    if (line !== '') this.emit(line)
  }

  private emit(line: string): void {
    this.lines.push(line)
    if (this.lines.length > keptLines) this.lines.shift()
    this.panicking ||= /^(panic: |fatal error: )/.test(line)
    const { level, message, fields } = parseLogLine(line, this.panicking ? 'error' : this.level)
    this.level = level
    // After Go's panic everything up to the end is the trace.
    this.logger(this.panicking ? 'error' : level, message, fields)
  }

  private drop(bytes: number): void {
    this.dropped += bytes
    this.pending = ''
    this.cutting = true
  }

  private reportDropped(): void {
    if (this.dropped === 0) return
    this.logger('warn', 'the plugin writes more than the host passes on', {
      droppedBytes: this.dropped,
    })
    this.dropped = 0
  }
}

const lineFeed = 10
const maxLineBytes = 8192
const bytesPerSecond = 1_000_000
const minLineCost = 100
const keptLines = 50
