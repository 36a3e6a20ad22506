import type { TableGetChunk } from '@easyrest/protocol'
import { RowBuffer } from '../values/row-buffer.js'

/** What the rows come from; it is held back while nobody takes them. */
export interface RowFlow {
  pause(): void
  resume(): void
}

/** Rows on their way from the server to whoever reads the stream, in pieces. Holds a few of them and no more. */
export class ChunkQueue {
  rowCount = 0
  private readonly chunks: TableGetChunk[] = []
  private buffer = new RowBuffer()
  private total: number | undefined
  private flow: RowFlow | undefined
  private ended = false
  private failure: unknown
  private wake: () => void = () => {}

  /** @param flow of the attempt that fills the queue from now on */
  attach(flow: RowFlow): void {
    this.flow = flow
  }

  setTotal(total: number): void {
    this.total = total
  }

  /** A row of one column. */
  readonly add = (bytes: Buffer, start: number): void => {
    if (this.ended) return
    this.buffer.add(bytes, start)
    this.rowCount++
    const isFirst = this.rowCount === this.buffer.rowCount
    if (this.buffer.byteLength >= (isFirst ? firstChunk : laterChunks)) this.cut()
  }

  /** Nothing more comes. */
  finish(): void {
    if (this.buffer.rowCount > 0 || this.total !== undefined) this.cut()
    this.ended = true
    this.wake()
  }

  fail(error: unknown): void {
    this.failure = error
    this.ended = true
    this.wake()
  }

  /** Nobody takes more; what still comes is dropped. */
  leave(): void {
    this.ended = true
    this.chunks.length = 0
    this.flow?.resume()
  }

  /** The next piece; undefined at the end. Rejects with the failure, behind the pieces before it. */
  async take(): Promise<TableGetChunk | undefined> {
    while (this.chunks.length === 0) {
      if (this.failure !== undefined) throw this.failure
      if (this.ended) return undefined
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    const chunk = this.chunks.shift()
    if (this.chunks.length < mostChunks) this.flow?.resume()
    return chunk
  }

  private cut(): void {
    this.chunks.push({ rows: this.buffer.bytes(), rowCount: this.buffer.rowCount, total: this.total })
    this.buffer = new RowBuffer()
    this.total = undefined
    if (this.chunks.length >= mostChunks) this.flow?.pause()
    this.wake()
  }
}

/** The first piece leaves early; later ones are large enough to cost little each. In bytes. */
const firstChunk = 16 * 1024
const laterChunks = 128 * 1024
const mostChunks = 3
